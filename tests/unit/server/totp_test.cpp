#include "server/auth/totp.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace haven::auth {
namespace {

/// RFC 6238, appendix B.
constexpr std::string_view text = "12345678901234567890";

std::array<unsigned char, totp_secret_bytes> secret() {
    std::array<unsigned char, totp_secret_bytes> bytes{};
    std::ranges::copy(text, bytes.begin());
    return bytes;
}

TEST(Totp, CodesAreThoseOfTheStandard) {
    for (const auto& [time, code] : {std::pair<std::int64_t, const char*>{59, "287082"},
                                     {1111111109, "081804"},
                                     {1111111111, "050471"},
                                     {1234567890, "005924"},
                                     {2000000000, "279037"},
                                     {20000000000, "353130"}}) {
        EXPECT_EQ(totp_code(secret(), time / 30), code) << time;
    }
}

TEST(Totp, ACodeIsGoodOneStepEitherWay) {
    constexpr std::int64_t now = 37037037;
    for (const std::int64_t step : {now - 1, now, now + 1}) {
        EXPECT_EQ(totp_step(secret(), totp_code(secret(), step), now), step);
    }
    for (const std::int64_t step : {now - 2, now + 2}) {
        EXPECT_FALSE(totp_step(secret(), totp_code(secret(), step), now)) << step;
    }
    EXPECT_FALSE(totp_step(secret(), "", now));
    EXPECT_FALSE(totp_step(secret(), totp_code(secret(), now) + "0", now));
    EXPECT_FALSE(totp_step(secret(), totp_code(secret(), now).substr(1), now));
}

TEST(Totp, Base32IsThatOfTheStandard) {
    const auto encoded = [](std::string_view bytes) {
        return base32({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
    };
    EXPECT_EQ(encoded(""), "");
    EXPECT_EQ(encoded("f"), "MY");
    EXPECT_EQ(encoded("fo"), "MZXQ");
    EXPECT_EQ(encoded("foo"), "MZXW6");
    EXPECT_EQ(encoded("foob"), "MZXW6YQ");
    EXPECT_EQ(encoded("fooba"), "MZXW6YTB");
    EXPECT_EQ(encoded("foobar"), "MZXW6YTBOI");
}

TEST(Totp, TheUriSaysWhoseItIs) {
    EXPECT_EQ(totp_uri(secret(), "ada+1@example.org"),
              "otpauth://totp/Haven:ada%2B1%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
              "&issuer=Haven&algorithm=SHA1&digits=6&period=30");
}

TEST(Totp, ARecoveryCodeIsReadHoweverItIsTyped) {
    const std::string code = make_recovery_code();
    ASSERT_EQ(code.size(), 19U);
    EXPECT_NE(code, make_recovery_code());
    const auto plain = read_recovery_code(code);
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->size(), 16U);
    EXPECT_EQ(read_recovery_code(*plain), plain);
    EXPECT_EQ(read_recovery_code("ABCD EFGH-ijkl mnop"), "abcdefghijklmnop");
    for (const char* wrong : {"", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnopq",
                              "abcd-efgh-ijkl-mno1", "abcd_efgh_ijkl_mnop", "123456"}) {
        EXPECT_FALSE(read_recovery_code(wrong)) << wrong;
    }
}

} // namespace
} // namespace haven::auth
