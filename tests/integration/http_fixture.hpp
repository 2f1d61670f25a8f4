#pragma once

#include "server/auth/scopes.hpp"
#include "server/config.hpp"
#include "server/http/listener.hpp"
#include "server/http/server.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace haven::test {

/// Whether there may be a second server beside one.
enum class Company : std::uint8_t {
    allowed,
    none, ///< the test is about what one process holds: its rates, its counters, its threads
};

/// The real server on a thread of this process, with a database and an object directory of its own.
/// Where HAVEN_TEST_SERVERS is 2, another one on the same database, the program itself, stands
/// beside it, and clients ask the two in turn; not where limits of one process are given.
class TestServer {
  public:
    explicit TestServer(const http::Limits& limits = {}, std::optional<ServerConfig> config = {},
                        Company company = Company::allowed);
    ~TestServer();
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    /// A configuration with a new database and directory, to be changed and passed in.
    [[nodiscard]] static ServerConfig fresh_config(const TempDirectory& directory);

    [[nodiscard]] std::uint16_t port() const { return server_->port(); }
    [[nodiscard]] std::uint16_t metrics_port() const { return server_->metrics_port(); }
    [[nodiscard]] std::string url() const;
    [[nodiscard]] HttpClient client() const { return HttpClient(urls()); }
    /// A client with the token of a new account.
    [[nodiscard]] HttpClient new_user(bool motion_trace = true) const;
    /// Makes the account that was asked for with the address, as its letter would: its id.
    std::string confirm(const std::string& email) const;
    /// A clinician's, as if they had accepted their invitation.
    void give_password(const std::string& clinician_id, std::string_view password) const;
    /// A client with the token of a new clinician: "reviewer", "senior" or "supervisor".
    [[nodiscard]] HttpClient new_clinician(const std::string& role) const;
    /// A client with the token of a new service, whose name begins with `name`.
    [[nodiscard]] HttpClient
    new_service(const std::string& name,
                const std::string& scopes = auth::to_string(auth::scope::of_service)) const;
    /// A client with a token of who is there: `column` is user_id, clinician_id or service_id.
    [[nodiscard]] HttpClient token_for(const std::string& column, const std::string& id,
                                       const std::string& scopes) const;
    [[nodiscard]] const ServerConfig& config() const { return config_; }
    void request_stop();
    void join();

  private:
    void start_second();
    [[nodiscard]] std::vector<std::string> urls() const;
    /// A client with a token of the bearer that `bearer_sql` makes: one row with its id.
    [[nodiscard]] HttpClient with_token(const std::string& column, const std::string& scopes,
                                        const std::string& bearer_sql) const;

    TempDirectory directory_;
    ServerConfig config_;
    std::unique_ptr<http::Server> server_;
    std::thread thread_;
    std::optional<Process> second_;
    std::uint16_t second_port_ = 0;
};

/// The program, beside a server of a test: with all that its configuration says, its port excepted.
[[nodiscard]] std::vector<std::string> server_command(const ServerConfig& config);

/// Nobody asks too often.
[[nodiscard]] ServerConfig without_rates(const TempDirectory& directory);

/// One value read by SQL, as text; "NULL" for NULL, "" for no row.
[[nodiscard]] std::string sql_text(const std::string& database_url, const std::string& sql);

/// SQL that gives no rows.
void sql_do(const std::string& database_url, const std::string& sql);

[[nodiscard]] std::string new_id();

/// Makes the account that was asked for with the address: its id.
std::string confirm_email(const std::string& database_url, const std::string& email);

/// How many files are below a directory; none where it does not exist.
[[nodiscard]] std::size_t files_below(const std::filesystem::path& directory);

// Bodies.
[[nodiscard]] std::string registration_body(const std::string& email, bool motion_trace = true);
[[nodiscard]] std::string credentials_body(const std::string& email, std::string_view as = "user");
[[nodiscard]] std::string session_body();
[[nodiscard]] std::string exercise_body(const std::string& session_id);
[[nodiscard]] std::string vr_session_body(const std::string& session_id);
/// Both hands with `strokes` circles each of `points` points, and a derived copy in the left
/// hand's.
[[nodiscard]] std::string drawing_body(const std::string& exercise_id,
                                       const std::string& vr_session_id, int strokes = 2,
                                       int points = 50);

/// What stands below a user's drawing.
struct Ids {
    std::string session = new_id();
    std::string exercise = new_id();
    std::string vr_session = new_id();
    std::string drawing = new_id();
};
/// Session, exercise, vr-session and drawing, each written and answered 201.
[[nodiscard]] Ids write_drawing(HttpClient& client);

/// A trace of both hands that the decoder accepts, of about `samples` * 5 bytes a hand.
[[nodiscard]] std::string trace_bytes(int samples);
[[nodiscard]] std::string sha256_hex(std::string_view bytes);
[[nodiscard]] std::string content_digest(std::string_view bytes);
[[nodiscard]] Reply put_chunk(HttpClient& client, const std::string& drawing_id, std::size_t offset,
                              std::string_view bytes);
[[nodiscard]] std::string completion_body(std::string_view trace);

} // namespace haven::test
