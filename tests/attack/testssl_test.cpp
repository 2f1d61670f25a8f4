// What testssl.sh finds of a server with a certificate.
#include "server/config.hpp"
#include "tests/integration/certificate.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <expected>
#include <format>
#include <string>

namespace haven::test {
namespace {

TEST(Testssl, FindsNothingToMendInProtocolsSuitesAndKnownHoles) {
    const TempDirectory directory;
    ServerConfig config = TestServer::fresh_config(directory);
    give_certificate(config, directory.path());
    const TestServer server({}, config);
    const auto report = directory.path() / "findings.csv";
    const auto ended = run(
        {.argv = {"testssl", "--quiet", "--color", "0", "--warnings", "off", "--ip", "one",
                  "--protocols", "--std", "--fs", "--server-preference", "--vulnerable",
                  "--csvfile", report.string(), std::format("https://127.0.0.1:{}", server.port())},
         .output_stem = directory.path() / "testssl"},
        std::chrono::hours(1)); // as long as the test may take
    ASSERT_TRUE(ended) << ended.error();
    const std::string findings = read_text(report);
    // What it must have looked at, so that silence means something.
    for (const char* const id : {"\"TLS1_3\"", "\"cipherlist_NULL\"", "\"FS\"", "\"heartbleed\"",
                                 "\"secure_renego\"", "\"ROBOT\"", "\"LUCKY13\""}) {
        EXPECT_NE(findings.find(id), std::string::npos) << id << "\n" << findings;
    }
    for (const char* const severity :
         {"\"LOW\"", "\"MEDIUM\"", "\"HIGH\"", "\"CRITICAL\"", "\"FATAL\""}) {
        EXPECT_EQ(findings.find(severity), std::string::npos) << severity << "\n" << findings;
    }
}

} // namespace
} // namespace haven::test
