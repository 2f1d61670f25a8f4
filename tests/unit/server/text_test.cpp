// What people type of themselves, in one form.
#include "server/text/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace haven::text {
namespace {

constexpr std::string_view composed = "caf\xC3\xA9 am Meer";    // é
constexpr std::string_view decomposed = "cafe\xCC\x81 am Meer"; // e and its accent

/// What cannot be seen: zero width, direction, soft hyphen, fillers, tags, line separators.
const std::vector<std::string>& unseen() {
    static const std::vector<std::string> all = {
        "\xE2\x80\xAE",     "\xE2\x80\x8B", "\xE2\x80\x8C", "\xE2\x80\x8D", "\xE2\x80\x8E",
        "\xE2\x81\xA6",     "\xE2\x81\xA0", "\xEF\xBB\xBF", "\xC2\xAD",     "\xE3\x85\xA4",
        "\xF3\xA0\x80\x81", "\xE2\x80\xA8", "\xEF\xB8\x8F", "\x7F",         "\x01",
        "\xC2\x85",         "\xEE\x80\x80", "\xEF\xBF\xBF"};
    return all;
}

TEST(Text, APasswordIsOneHoweverItIsTyped) {
    EXPECT_EQ(prepared_password(decomposed), std::string(composed));
    EXPECT_EQ(prepared_password(composed), std::string(composed));
    EXPECT_EQ(prepared_password("a\xC2\xA0z\xE3\x80\x80z"), "a z z"); // no-break, ideographic
    EXPECT_EQ(prepared_password("Case Stays"), "Case Stays");
    EXPECT_EQ(prepared_password("\xF0\x9F\x8C\x8A wave"), "\xF0\x9F\x8C\x8A wave");
    EXPECT_EQ(prepared_password("\xEF\xBC\xA1"), "\xEF\xBC\xA1"); // a wide A is another letter
}

TEST(Text, APasswordHoldsNothingThatCannotBeSeen) {
    for (const std::string& c : unseen()) {
        EXPECT_FALSE(prepared_password("correct " + c + " horse")) << c;
    }
    EXPECT_FALSE(prepared_password("\xE1\x84\x80")); // an old Hangul letter by itself
    EXPECT_FALSE(prepared_password("not utf-8 \xC3"));
}

TEST(Text, AnAddressIsOneHoweverItIsWritten) {
    const std::string one = "ann@b\xC3\xBC"
                            "cher.example";
    for (const std::string& written :
         {std::string("ann@b\xC3\xBC"
                      "cher.example"),
          std::string("Ann@B\xC3\x9C"
                      "CHER.EXAMPLE"),
          std::string("ann@xn--bcher-kva.example"), std::string("ANN@XN--BCHER-KVA.example"),
          std::string("ann@bu\xCC\x88"
                      "cher.example")}) {
        const auto address = address_of(written);
        ASSERT_TRUE(address) << written;
        EXPECT_EQ(address->readable, one) << written;
        EXPECT_EQ(address->older, "ann@xn--bcher-kva.example") << written;
    }
    EXPECT_EQ(address_of("J\xC3\x9CRGEN@example.org")->readable, "j\xC3\xBCrgen@example.org");
    EXPECT_EQ(address_of("\"a b\"@[127.0.0.1]")->readable, "\"a b\"@[127.0.0.1]");
    EXPECT_EQ(address_of("ann@stra\xC3\x9F"
                         "e.example")
                  ->older,
              "ann@xn--strae-oqa.example");
}

TEST(Text, ANameBeforeTheSignIsOneHoweverItIsQuotedOrWritten) {
    const auto kept = [](const std::string& typed) {
        const auto address = address_of(typed);
        return address ? address->readable : "none";
    };
    for (const char* typed :
         {"ann@a.example", R"("ann"@a.example)", R"("a\nn"@A.example)", R"("\A\N\N"@a.example)"}) {
        EXPECT_EQ(kept(typed), "ann@a.example") << typed;
    }
    for (const char* typed : {R"("a n"@a.example)", R"("\a\ n"@a.example)"}) {
        EXPECT_EQ(kept(typed), R"("a n"@a.example)") << typed;
    }
    for (const char* as_it_is : {R"(""@a.example)", R"("\"ann\""@a.example)", R"("a@b"@a.example)",
                                 R"("a..b"@a.example)", R"("\\"@a.example)"}) {
        EXPECT_EQ(kept(as_it_is), as_it_is);
        EXPECT_EQ(kept(kept(as_it_is)), as_it_is);
    }
    for (const char* typed :
         {"\xCE\x9D\xCE\x99\xCE\xA3@a.example", "\xCE\xBD\xCE\xB9\xCF\x83@a.example",
          "\xCE\xBD\xCE\xB9\xCF\x82@a.example"}) {
        EXPECT_EQ(kept(typed), "\xCE\xBD\xCE\xB9\xCF\x83@a.example") << typed;
    }
    EXPECT_EQ(address_of("\xCE\x9D\xCE\x99\xCE\xA3@a.example")->older,
              "\xCE\xBD\xCE\xB9\xCF\x82@a.example");
    EXPECT_EQ(address_of(R"("ann"@a.example)")->older, R"("ann"@a.example)");
    for (const char* typed :
         {"ann@[IPv6:::1]", "ann@[IPv6:0:0:0:0:0:0:0:1]", "ann@[IPv6:0::0001]"}) {
        EXPECT_EQ(kept(typed), "ann@[ipv6:::1]") << typed;
    }
}

TEST(Text, WhatIsNoAddressIsNone) {
    for (const char* none :
         {"", "ann", "@example.org", "ann@", "a b@example.org", "ann@-a.example", "ann@a_b.example",
          "ann@xn--a.example", "ann@exa mple.org", "ann@example..org", "a@b@c", "ann@\xC3"}) {
        EXPECT_FALSE(address_of(none)) << none;
    }
    for (const std::string& c : unseen()) {
        EXPECT_FALSE(address_of("an" + c + "n@example.org")) << c;
        EXPECT_FALSE(address_of("ann@exam" + c + "ple.org")) << c;
    }
}

TEST(Text, ANameIsComposedAndHoldsNothingThatCannotBeSeen) {
    EXPECT_EQ(name_of("Jose\xCC\x81"), "Jos\xC3\xA9");
    EXPECT_EQ(name_of("\xE5\xB1\xB1\xE7\x94\xB0 \xE8\x8A\xB1\xE5\xAD\x90"),
              "\xE5\xB1\xB1\xE7\x94\xB0 \xE8\x8A\xB1\xE5\xAD\x90");
    EXPECT_EQ(name_of("O'Hara-Smith, Jr."), "O'Hara-Smith, Jr.");
    for (const std::string& c : unseen()) {
        EXPECT_FALSE(name_of("An" + c + "n")) << c;
    }
}

} // namespace
} // namespace haven::text
