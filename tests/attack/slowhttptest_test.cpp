// The server under slowhttptest: bodies, heads and readers that take for ever.
#include "tests/attack/crowd.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <utility>
#include <vector>

namespace haven::test {
namespace {

struct SlowAttack {
    const char* name;
    const char* path;
    std::vector<std::string> options;
};

class Slowhttptest : public ::testing::TestWithParam<SlowAttack> {};

/// What it prints, without the colours between words and numbers.
std::string plain(const std::string& output) {
    static const std::regex colour("\x1b\\[[0-9;]*[A-Za-z]");
    return std::regex_replace(output, colour, "");
}

/// 1500 connections of one address, which is the person's, too: they write on until it gives up.
TEST_P(Slowhttptest, AnotherPersonWritesOn) {
    const TestServer server;
    const TempDirectory directory;
    HttpClient person = server.new_user();
    const WriteTimes quiet = write_sessions(person, 50);
    ASSERT_EQ(quiet.failed, 0U);
    Command command{.argv = {"slowhttptest", "-c", "1500", "-r", "750", "-i", "2", "-l", "12", "-p",
                             "60", "-u", server.url() + GetParam().path},
                    .output_stem = directory.path() / "slowhttptest"};
    command.argv.insert(command.argv.end(), GetParam().options.begin(), GetParam().options.end());
    auto attack = Process::start(std::move(command));
    ASSERT_TRUE(attack) << attack.error();
    std::vector<double> p99s;
    while (attack->running()) {
        const WriteTimes during = write_sessions(person, 50);
        ASSERT_EQ(during.failed, 0U) << plain(attack->output());
        p99s.push_back(during.p99());
    }
    const std::string told = plain(attack->output());
    EXPECT_NE(told.find("Test ended"), std::string::npos) << told << attack->errors();
    EXPECT_NE(told.find("service available:   YES"), std::string::npos) << told;
    EXPECT_EQ(told.find("service available:   NO"), std::string::npos) << told;
    std::ranges::sort(p99s); // the middle one, because a machine may stop for a moment
    EXPECT_LT(p99s.at(p99s.size() / 2), write_bound_s(quiet)) << "quiet " << quiet.p99();
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, Slowhttptest,
    ::testing::Values(SlowAttack{.name = "headers", .path = "/v1/openapi.yaml", .options = {"-H"}},
                      SlowAttack{.name = "bodies",
                                 .path = "/v1/auth/tokens",
                                 .options = {"-B", "-s", "8192", "-f", "application/json"}},
                      SlowAttack{.name = "reading",
                                 .path = "/v1/openapi.yaml",
                                 .options = {"-X", "-w", "10", "-y", "20"}},
                      SlowAttack{.name = "ranges", .path = "/v1/openapi.yaml", .options = {"-R"}}),
    [](const auto& kind) { return kind.param.name; });

} // namespace
} // namespace haven::test
