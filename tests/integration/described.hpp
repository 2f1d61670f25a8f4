#pragma once

#include <set>
#include <string>

/// What the API's description says of answers.
namespace haven::test {

/// The statuses that the description has for an operation ("GET", "/v1/sessions/{id}"), without its
/// default.
[[nodiscard]] std::set<int> described_statuses(const std::string& method, const std::string& route);

/// Whether an answer is one that HTTP itself asks for, or a failure of the server's: what the
/// description calls "default".
[[nodiscard]] bool is_of_http(int status);

/// Fails the running test where the description does not have this answer. Every answer that a test
/// gets through HttpClient comes by here: so the whole suite holds the two to each other.
void expect_described(const std::string& method, const std::string& path, int status);

} // namespace haven::test
