#pragma once

#include "tests/support/await.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

/// Real programs, started and ended by a test. Nothing here outlives the test: every child gets
/// SIGTERM when the thread that started it ends, whatever the reason.
namespace haven::test {

/// A directory of its own under the system's temporary directory, mode 0700, removed with
/// everything in it.
class TempDirectory {
  public:
    explicit TempDirectory(std::string_view name = "haven-test");
    ~TempDirectory();
    TempDirectory(const TempDirectory&) = delete;
    TempDirectory& operator=(const TempDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Leaves the directory behind, to be looked at after a failure.
    void keep() { kept_ = true; }

  private:
    std::filesystem::path path_;
    bool kept_ = false;
};

/// A TCP port of the loopback nothing listens on, below the kernel's ephemeral range so that no
/// client takes it.
[[nodiscard]] std::uint16_t free_port();

/// True when something listens on this TCP port (read from the kernel's table: nothing is
/// connected).
[[nodiscard]] bool port_is_listened_on(std::uint16_t port);

[[nodiscard]] std::string read_text(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);

using Environment = std::map<std::string, std::string>;

struct Command {
    std::vector<std::string> argv;                ///< argv[0] is looked for in PATH
    Environment environment;                      ///< laid over the test's own
    std::vector<std::string> without_environment; ///< names taken out of it
    std::filesystem::path output_stem; ///< stdout goes to stem.out, stderr to stem.err (appended)
};

/// How a program ended: its exit status, or the signal that ended it.
struct Ended {
    int exit_status = -1;
    int signal = 0;
    friend bool operator==(const Ended&, const Ended&) = default;
};
[[nodiscard]] std::string to_string(const Ended& ended);

/// A running program. Used by the thread that started it.
class Process {
  public:
    /// The message names the program and the system's reason.
    [[nodiscard]] static std::expected<Process, std::string> start(Command command);

    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process(); ///< stop(), if it still runs

    [[nodiscard]] pid_t pid() const { return pid_; }
    [[nodiscard]] bool running();
    [[nodiscard]] std::string output() const; ///< stdout so far
    [[nodiscard]] std::string errors() const; ///< stderr so far

    void signal(int number) const;
    /// Nothing when it still runs at the deadline.
    [[nodiscard]] std::optional<Ended> wait(Milliseconds deadline);
    /// SIGTERM; SIGKILL when it has not ended `patience` later.
    Ended stop(Milliseconds patience = Milliseconds{10'000});
    /// SIGKILL, and its end.
    Ended kill();

  private:
    Process() = default;
    void collect(int status);

    pid_t pid_ = -1;
    std::optional<Ended> ended_;
    std::filesystem::path output_stem_;
};

/// Runs a program to its end; the message when it could not start or did not end in time (it is
/// then killed).
[[nodiscard]] std::expected<Ended, std::string> run(Command command, Milliseconds deadline);

/// A process's memory; zeros when it is gone.
struct Memory {
    std::int64_t resident_kb = 0; ///< all that lies in RAM, pages of programs and libraries too
    std::int64_t own_kb = 0;      ///< of that, what no file backs: what the process itself filled
};
[[nodiscard]] Memory memory_of(pid_t pid);
[[nodiscard]] std::int64_t resident_kb(pid_t pid);

} // namespace haven::test
