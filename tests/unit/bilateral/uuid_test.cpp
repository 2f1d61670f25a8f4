#include "bilateral/hand_sample.hpp"
#include "bilateral/stroke.hpp"
#include "bilateral/uuid_v7.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <set>
#include <span>
#include <string>

namespace haven {
namespace {

UuidV7Source source_with(std::int64_t& now_ms, std::uint8_t fill) {
    return UuidV7Source{[&now_ms] { return now_ms; },
                        [fill](std::span<std::uint8_t> bytes) {
                            for (auto& byte : bytes) {
                                byte = fill;
                            }
                        }};
}

TEST(Uuid, TextHasThirtySixLowerCaseCharactersAndParsesBack) {
    const auto id = parse_uuid("018F3A4B-1C2D-7E3F-8A5B-6C7D8E9FA0B1");
    ASSERT_TRUE(id);
    EXPECT_EQ(to_string(*id), "018f3a4b-1c2d-7e3f-8a5b-6c7d8e9fa0b1");
    EXPECT_EQ(id->bytes[0], 0x01);
    EXPECT_EQ(id->bytes[15], 0xB1);
}

TEST(Uuid, ParsesNothingButTheThirtySixCharacters) {
    const std::string good = "018f3a4b-1c2d-7e3f-8a5b-6c7d8e9fa0b1";
    EXPECT_TRUE(parse_uuid(good));
    for (const std::string& bad : {std::string{}, good.substr(1), good + "0", "{" + good + "}",
                                   std::string{"018f3a4b1c2d7e3f8a5b6c7d8e9fa0b1"},
                                   std::string{"018f3a4b-1c2d-7e3f-8a5b-6c7d8e9fa0bg"},
                                   std::string{"018f3a4b_1c2d-7e3f-8a5b-6c7d8e9fa0b1"},
                                   std::string{"018f3a4b-1c2d-7e3f-8a5b6-c7d8e9fa0b1"}}) {
        EXPECT_FALSE(parse_uuid(bad)) << bad;
    }
}

TEST(UuidV7, CarriesTimeVersionAndVariant) {
    std::int64_t now_ms = 0x017F22E279B0; // the example of RFC 9562, appendix A.6
    auto source = source_with(now_ms, 0xFF);
    const Uuid id = source.next();
    EXPECT_EQ(unix_ms_of(id), now_ms);
    EXPECT_EQ(to_string(id), "017f22e2-79b0-77ff-bfff-ffffffffffff");
}

TEST(UuidV7, IncreasesWithinAMillisecondAndWhenTheClockStepsBack) {
    std::int64_t now_ms = 1'700'000'000'000;
    auto source = source_with(now_ms, 0xA5);
    Uuid last = source.next();
    for (int i = 0; i < 10'000; ++i) {
        if (i == 5'000) {
            now_ms -= 3'600'000;
        }
        const Uuid next = source.next();
        ASSERT_LT(last, next) << i;
        last = next;
    }
    EXPECT_LE(unix_ms_of(last), 1'700'000'000'000 + 10);
}

TEST(UuidV7, TheProcessSourceGivesDistinctIdsOfNow) {
    const Uuid a = make_uuid_v7();
    const Uuid b = make_uuid_v7();
    EXPECT_LT(a, b);
    EXPECT_GT(unix_ms_of(a), 1'700'000'000'000);
}

TEST(StrokeId, IsUniqueSortedAndAFunctionOfItsArguments) {
    const Uuid drawing = *parse_uuid("018f3a4b-1c2d-7e3f-8a5b-6c7d8e9fa0b1");
    std::set<Uuid> ids;
    for (const Hand hand : {Hand::left, Hand::right}) {
        Uuid last{};
        for (std::uint32_t number = 0; number < 5'000; ++number) {
            for (const bool derived : {false, true}) {
                const Uuid id = stroke_id(drawing, hand, number, derived);
                ASSERT_LT(last, id);
                ASSERT_EQ(id.bytes[6] >> 4U, 7);
                ASSERT_EQ(id.bytes[8] >> 6U, 2);
                ids.insert(id);
                last = id;
            }
        }
    }
    EXPECT_EQ(ids.size(), 20'000U);
    // Written down, so that a change of the rule, which would change every replay, is seen.
    EXPECT_EQ(to_string(stroke_id(drawing, Hand::right, 7, true)),
              "018f3a4b-1c2d-7800-803c-a03fe11df79b");
    Uuid other = drawing;
    other.bytes[15] ^= 1U;
    EXPECT_NE(stroke_id(drawing, Hand::left, 0, false), stroke_id(other, Hand::left, 0, false));
}

} // namespace
} // namespace haven
