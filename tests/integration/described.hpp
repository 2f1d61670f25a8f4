#pragma once

#include <set>
#include <string>
#include <vector>

/// What the API's description says of answers.
namespace haven::test {

struct Reply; // tests/integration/http_client.hpp

/// The statuses that the description has for an operation ("GET", "/v1/sessions/{id}"); 0 is its
/// default.
[[nodiscard]] std::set<int> described_statuses(const std::string& method, const std::string& route);

/// Whether an answer is one that HTTP itself asks for, or a failure of the server's: what the
/// description calls "default".
[[nodiscard]] bool is_of_http(int status);

/// What in an answer is not as the description has it: its status, its media type, whether there is
/// a body, and each place of a JSON body. Members that are not described are faults here, though a
/// client passes over them.
[[nodiscard]] std::vector<std::string>
faults_of_answer(const std::string& method, const std::string& path, const Reply& reply);

/// Fails the running test where an answer has faults. Every answer that a test gets through
/// HttpClient comes by here: so the whole suite holds the server and its description to each other.
void expect_described(const std::string& method, const std::string& path, const Reply& reply);

/// While one lives, the body of a success is not looked at, whoever asks: what it shows are rows
/// that no code wrote.
class BodiesPassedOver {
  public:
    BodiesPassedOver();
    ~BodiesPassedOver();
    BodiesPassedOver(const BodiesPassedOver&) = delete;
    BodiesPassedOver& operator=(const BodiesPassedOver&) = delete;
};

} // namespace haven::test
