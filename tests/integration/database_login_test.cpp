// How the server shows a database who it is: by a client's certificate, or by a password in a file.
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <format>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

using namespace std::chrono_literals;

class DatabaseLogin : public ::testing::Test {
  protected:
    DatabaseLogin() {
        write_certificate(directory.path() / "server.pem", directory.path() / "server.key");
        write_certificate(directory.path() / "client.pem", directory.path() / "client.key");
        const std::filesystem::path data = sql_text(url, "SHOW data_directory");
        for (const char* name : {"server.pem", "server.key", "client.pem"}) {
            do_it(std::format("COPY (SELECT string_to_table('{}', E'\\n')) TO '{}'",
                              read_text(directory.path() / name), (data / name).string()));
            std::filesystem::permissions(data / name, std::filesystem::perms(0600));
        }
        write_text(data / "pg_hba.conf", "local all all trust\n"
                                         "hostssl all \"haven test\" 127.0.0.1/32 cert\n"
                                         "hostssl all knocks 127.0.0.1/32 scram-sha-256\n");
        do_it("CREATE ROLE \"haven test\" LOGIN SUPERUSER");
        do_it("CREATE ROLE knocks LOGIN SUPERUSER PASSWORD 'quiet & slow'");
        do_it("ALTER SYSTEM SET ssl_cert_file = 'server.pem'");
        do_it("ALTER SYSTEM SET ssl_key_file = 'server.key'");
        do_it("ALTER SYSTEM SET ssl_ca_file = 'client.pem'");
        do_it("ALTER SYSTEM SET ssl = on");
        cluster->stop();
        cluster->start();
    }
    void do_it(const std::string& sql) const {
        auto connection = store::Connection::open(url);
        ASSERT_TRUE(connection);
        const auto done = connection->execute(sql);
        ASSERT_TRUE(done) << sql << ": " << store::describe(done.error());
    }
    /// Its exit status, and all it printed.
    std::pair<int, std::string> migrate(const std::string& role, const std::string& more,
                                        std::vector<std::string> words = {}) {
        std::string tcp = cluster->tcp_url(url);
        tcp.replace(tcp.find("haven@"), 5, role);
        tcp += std::format("{}sslmode=verify-full&sslrootcert={}{}", tcp.contains('?') ? "&" : "?",
                           (directory.path() / "server.pem").string(), more);
        const auto stem = directory.path() / std::format("run{}", ++runs);
        words.insert(words.begin(), {std::string(HAVEN_BINARY_DIR) + "/haven-server", "migrate",
                                     "--database-url", tcp});
        const auto ended =
            run({.argv = words, .environment = {}, .without_environment = {}, .output_stem = stem},
                60s);
        return {ended ? ended->exit_status : -1,
                read_text(stem.string() + ".out") + read_text(stem.string() + ".err")};
    }
    [[nodiscard]] std::string file(const char* name) const {
        return (directory.path() / name).string();
    }

    TempDirectory directory;
    std::unique_ptr<TestCluster> cluster = TestCluster::make();
    std::string url = cluster->empty_database();
    int runs = 0;
};

TEST_F(DatabaseLogin, ACertificateOfTheClientIsShownToADatabaseElsewhere) {
    const auto [without, refused] = migrate("haven%20test", "");
    EXPECT_EQ(without, 1);
    EXPECT_TRUE(refused.contains("certificate")) << refused;
    const auto [status, said] =
        migrate("haven%20test",
                std::format("&sslcert={}&sslkey={}", file("client.pem"), file("client.key")));
    EXPECT_EQ(status, 0) << said;
    EXPECT_TRUE(said.starts_with("schema ")) << said;
}

TEST_F(DatabaseLogin, ThePasswordOfAFileLetsIn) {
    write_text(file("password"), "quiet & slow\n");
    std::filesystem::permissions(file("password"), std::filesystem::perms(0600));
    const auto [without, refused] = migrate("knocks", "");
    EXPECT_EQ(without, 1) << refused;
    const auto [status, said] =
        migrate("knocks", "", {"--database-password-file", file("password")});
    EXPECT_EQ(status, 0) << said;
}

} // namespace
} // namespace haven::test
