#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <utility>

#include <unistd.h>

namespace haven::test {
namespace {

Command shell(const TempDirectory& directory, const char* script) {
    return {.argv = {"sh", "-c", script}, .output_stem = directory.path() / "sh"};
}

TEST(Process, ItsOutputAndExitStatusAreKnown) {
    const TempDirectory directory;
    auto process = Process::start(shell(directory, "echo out; echo err >&2; exit 3"));
    ASSERT_TRUE(process.has_value()) << process.error();
    const auto ended = process->wait(Milliseconds{10'000});
    ASSERT_TRUE(ended.has_value());
    EXPECT_EQ(*ended, (Ended{.exit_status = 3, .signal = 0}));
    EXPECT_EQ(process->output(), "out\n");
    EXPECT_EQ(process->errors(), "err\n");
}

TEST(Process, AProgramThatIsNotThereIsNamed) {
    auto process = Process::start({.argv = {"no-such-program-of-haven"}});
    ASSERT_FALSE(process.has_value());
    EXPECT_NE(process.error().find("no-such-program-of-haven"), std::string::npos);
}

TEST(Process, KillEndsItWithSignalNine) {
    const TempDirectory directory;
    auto process = Process::start(shell(directory, "exec tail -f /dev/null"));
    ASSERT_TRUE(process.has_value());
    EXPECT_EQ(process->kill().signal, SIGKILL);
}

TEST(Process, OneThatIgnoresTheTermSignalIsKilledAfterItsPatience) {
    const TempDirectory directory;
    auto process =
        Process::start(shell(directory, "trap '' TERM; echo ready; exec tail -f /dev/null"));
    ASSERT_TRUE(process.has_value());
    ASSERT_TRUE(await(Milliseconds{10'000}, [&] { return process->output() == "ready\n"; }));
    EXPECT_EQ(process->stop(Milliseconds{50}).signal, SIGKILL);
}

TEST(Process, TheEnvironmentIsLaidOverTheTestsOwn) {
    const TempDirectory directory;
    Command command = shell(directory, R"(echo "$HAVEN_TEST_A$PATH"; echo "[$HOME]")");
    command.environment = {{"HAVEN_TEST_A", "a:"}};
    command.without_environment = {"HOME"};
    auto process = Process::start(std::move(command));
    ASSERT_TRUE(process.has_value());
    ASSERT_TRUE(process->wait(Milliseconds{10'000}).has_value());
    EXPECT_TRUE(process->output().starts_with("a:/")) << process->output();
    EXPECT_TRUE(process->output().ends_with("[]\n")) << process->output();
}

TEST(Process, TheMemoryOfOneIsKnown) {
    const Memory memory = memory_of(::getpid());
    EXPECT_GT(memory.own_kb, 0);
    EXPECT_GT(memory.resident_kb, memory.own_kb) << "it has a program in memory, too";
}

TEST(FreePort, IsNotListenedOn) {
    EXPECT_FALSE(port_is_listened_on(free_port()));
}

} // namespace
} // namespace haven::test
