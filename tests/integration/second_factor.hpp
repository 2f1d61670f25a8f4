#pragma once

#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// An authenticator, as tests have one in their hands.
namespace haven::test {

struct SecondFactor {
    std::string secret; ///< base32, as the server told it
    std::vector<std::string> recovery_codes;
    std::string scope; ///< what the client's token may do from then on
};

/// The code of one step.
[[nodiscard]] std::string code_at(std::string_view base32_secret, std::int64_t step);

/// Which 30 s it is at the server.
[[nodiscard]] std::int64_t step_now(const TestServer& server);

/// Confirms one for who the client is, with the code of the step before: those of now and of the
/// next are left.
[[nodiscard]] SecondFactor enrol(const TestServer& server, HttpClient& client);

/// As if a clinician had shown a second factor when they logged in.
void lift(const TestServer& server, const std::string& clinician_id);

} // namespace haven::test
