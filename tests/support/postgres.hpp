#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace haven::test {

/// A private PostgreSQL of this test process: made by initdb in a temporary directory when first
/// asked for, listening on a Unix socket and on a free port of 127.0.0.1, gone when the process
/// ends, however it ends. HAVEN_PG_BIN chooses another version's binaries (default: the newest in
/// /usr/lib/postgresql). Runs as the user postgres where the tests run as root.
class TestCluster {
  public:
    /// The process's cluster; starts it the first time. Throws std::runtime_error with the server's
    /// log when it cannot.
    static TestCluster& instance();
    /// One more, for tests that stop and restart it, or that want another version's binaries.
    [[nodiscard]] static std::unique_ptr<TestCluster> make(std::filesystem::path binaries = {});

    TestCluster(const TestCluster&) = delete;
    TestCluster& operator=(const TestCluster&) = delete;
    ~TestCluster();

    /// The URL of a new, empty database.
    [[nodiscard]] std::string empty_database();
    /// The URL of a new database with every migration applied: a copy of a template, about 50 ms.
    [[nodiscard]] std::string fresh_database();
    /// The same database through TCP.
    [[nodiscard]] std::string tcp_url(const std::string& url) const;

    /// What the server has logged.
    [[nodiscard]] std::string log() const;

    void stop();  ///< fast shutdown: clients are disconnected (SQLSTATE 57P01)
    void kill();  ///< SIGKILL to all of it, as a crash
    void start(); ///< again, on the same directory, socket and port

  private:
    explicit TestCluster(std::filesystem::path binaries);
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::test
