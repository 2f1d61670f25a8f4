#pragma once

#include "server/store/connection.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <format>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace haven::test {

/// PgBouncer in transaction mode with fewer connections to PostgreSQL than the server has to it.
class Pooler {
  public:
    explicit Pooler(const std::string& database_url, int prepared_statements = 500,
                    const char* mode = "transaction") {
        const std::size_t host = database_url.find("host=") + 5;
        const std::string socket = database_url.substr(host, database_url.find('&') - host);
        const std::string port = database_url.substr(database_url.find("port=") + 5);
        const std::size_t name = database_url.find("@/") + 2;
        database_ = database_url.substr(name, database_url.find('?') - name);
        const std::filesystem::path users = directory_.path() / "users";
        std::ofstream(users) << "\"haven\" \"\"\n";
        const std::filesystem::path file = directory_.path() / "pgbouncer.ini";
        std::ofstream(file) << std::format(
            "[databases]\n* = host={} port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\n"
            "listen_port = {}\nunix_socket_dir =\nauth_type = trust\nauth_file = {}\n"
            "pool_mode = {}\nmax_prepared_statements = {}\ndefault_pool_size = 3\n",
            socket, port, port_, users.string(), mode, prepared_statements);
        std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
        auto started = Process::start(
            {.argv = {"setpriv", "--pdeathsig", "TERM", "--reuid=postgres", "--regid=postgres",
                      "--init-groups", "--", "pgbouncer", file.string()},
             .output_stem = directory_.path() / "pgbouncer"});
        EXPECT_TRUE(started);
        process_ = std::move(*started);
    }
    [[nodiscard]] std::string url() const {
        return std::format("postgresql://haven@127.0.0.1:{}/{}", port_, database_);
    }
    [[nodiscard]] bool answers() const { return store::Connection::open(url()).has_value(); }

  private:
    TempDirectory directory_;
    std::uint16_t port_ = free_port();
    std::string database_;
    std::optional<Process> process_;
};

} // namespace haven::test
