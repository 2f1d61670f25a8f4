#include "tests/integration/second_factor.hpp"

#include "server/auth/totp.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

using Secret = std::array<unsigned char, auth::totp_secret_bytes>;

Secret from_base32(std::string_view text) {
    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Secret bytes{};
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        const std::size_t value = bit / 5 < text.size() ? letters.find(text[bit / 5]) : 0;
        const bool is_set = (value >> (4 - bit % 5) & 1U) != 0;
        bytes.at(bit / 8) |= static_cast<unsigned char>(is_set ? 0x80U >> bit % 8 : 0U);
    }
    return bytes;
}

} // namespace

std::string code_at(std::string_view base32_secret, std::int64_t step) {
    return auth::totp_code(from_base32(base32_secret), step);
}

std::int64_t step_now(const TestServer& server) {
    return std::stoll(sql_text(server.config().database_url,
                               "SELECT floor(extract(epoch FROM now()) / 30)::bigint"));
}

SecondFactor enrol(const TestServer& server, HttpClient& client) {
    SecondFactor factor;
    const Reply begun = client.send("POST", "/v1/auth/factors/totp", "", {});
    EXPECT_EQ(begun.status, 201) << begun.body;
    factor.secret = begun.member("secret");
    Reply confirmed;
    for (int tried = 0; tried < 3 && confirmed.status != 200; ++tried) { // the step ends meanwhile
        confirmed = client.put(
            "/v1/auth/factors/totp",
            std::format(R"({{"code":"{}"}})", code_at(factor.secret, step_now(server) - 1)));
    }
    EXPECT_EQ(confirmed.status, 200) << confirmed.body;
    factor.scope = confirmed.member("scope");
    const auto list = confirmed.body.find('[');
    for (auto at = confirmed.body.find('"', list); at < confirmed.body.find(']');
         at = confirmed.body.find('"', at + 21)) {
        factor.recovery_codes.push_back(confirmed.body.substr(at + 1, 19));
    }
    return factor;
}

void lift(const TestServer& server, const std::string& clinician_id) {
    sql_do(server.config().database_url,
           std::format("UPDATE token_families SET factors = '{{password,totp}}', scopes = "
                       "'{{account,care,clinic}}' WHERE clinician_id = '{}'",
                       clinician_id));
}

} // namespace haven::test
