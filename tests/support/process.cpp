#include "tests/support/process.hpp"

#include "tests/support/await.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <ios>
#include <iterator>
#include <optional>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/prctl.h>
#include <netinet/in.h>
#include <signal.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <csignal>
#include <stdlib.h> // NOLINT(modernize-deprecated-headers): POSIX, not in <cstdlib>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

std::string reason(int error) {
    return std::system_category().message(error);
}

std::vector<std::string> merged_environment(const Command& command) {
    Environment merged;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) {
            merged.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    for (const std::string& name : command.without_environment) {
        merged.erase(name);
    }
    for (const auto& [name, value] : command.environment) {
        merged[name] = value;
    }
    std::vector<std::string> entries;
    entries.reserve(merged.size());
    for (const auto& [name, value] : merged) {
        entries.push_back(std::format("{}={}", name, value));
    }
    return entries;
}

std::vector<char*> c_strings(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

int open_output(const fs::path& stem, const char* extension) {
    const std::string name = stem.empty() ? "/dev/null" : stem.string() + extension;
    return ::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/// In the child, between fork and exec: nothing but system calls.
[[noreturn]] void become(char* const* argv, char* const* envp, int out, int err, pid_t parent,
                         int report) {
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() == parent) { // else the parent died before the line above could matter
        const int in = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        sigset_t none;
        sigemptyset(&none);
        ::sigprocmask(SIG_SETMASK, &none, nullptr);
        ::dup2(in, STDIN_FILENO);
        ::dup2(out, STDOUT_FILENO);
        ::dup2(err, STDERR_FILENO);
        // A server of the test's would go on listening in its child.
        (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
        ::execvpe(argv[0], argv, envp);
    }
    const int error = errno;
    (void)!::write(report, &error, sizeof error);
    ::_exit(127);
}

} // namespace

TempDirectory::TempDirectory(std::string_view name) {
    std::string pattern = (fs::temp_directory_path() / (std::string(name) + "-XXXXXX")).string();
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error(std::format("no directory {}: {}", pattern, reason(errno)));
    }
    path_ = pattern;
}

TempDirectory::~TempDirectory() {
    if (!kept_) {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
}

std::uint16_t free_port() {
    std::random_device seed;
    std::mt19937 random(seed());
    std::uniform_int_distribution<int> ports(20'000, 31'999);
    for (int attempt = 0; attempt < 200; ++attempt) {
        const auto port = static_cast<std::uint16_t>(ports(random));
        const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_ANY);
        const bool taken = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0;
        ::close(fd);
        if (!taken) {
            return port;
        }
    }
    throw std::runtime_error("no free TCP port between 20000 and 31999");
}

bool port_is_listened_on(std::uint16_t port) {
    // "  0: 00000000:5EB3 00000000:0000 0A ...": local address, remote address, state (0A is
    // LISTEN).
    const std::string wanted = std::format(":{:04X} ", port);
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
        std::ifstream file(table);
        for (std::string line; std::getline(file, line);) {
            std::istringstream fields(line);
            std::string slot;
            std::string local;
            std::string remote;
            std::string state;
            fields >> slot >> local >> remote >> state;
            if (state == "0A" && (local + " ").ends_with(wanted)) {
                return true;
            }
        }
    }
    return false;
}

std::string read_text(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

void write_text(const fs::path& file, std::string_view text) {
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + file.string());
    }
}

std::string to_string(const Ended& ended) {
    return ended.signal != 0 ? std::format("signal {}", ended.signal)
                             : std::format("exit status {}", ended.exit_status);
}

std::expected<Process, std::string> Process::start(Command command) {
    assert(!command.argv.empty());
    std::vector<std::string> environment = merged_environment(command);
    const std::vector<char*> envp = c_strings(environment);
    const std::vector<char*> argv = c_strings(command.argv);
    const int out = open_output(command.output_stem, ".out");
    const int err = open_output(command.output_stem, ".err");
    std::array<int, 2> report{-1, -1};
    if (out < 0 || err < 0 || ::pipe2(report.data(), O_CLOEXEC) != 0) {
        return std::unexpected(std::format("cannot start {}: {}", command.argv[0], reason(errno)));
    }
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child == 0) {
        become(argv.data(), envp.data(), out, err, parent, report[1]);
    }
    const int fork_error = errno;
    ::close(out);
    ::close(err);
    ::close(report[1]);
    int exec_error = 0;
    const bool failed =
        child < 0 || ::read(report[0], &exec_error, sizeof exec_error) == sizeof exec_error;
    ::close(report[0]);
    if (failed) {
        if (child > 0) {
            ::waitpid(child, nullptr, 0);
        }
        return std::unexpected(std::format("cannot start {}: {}", command.argv[0],
                                           reason(child < 0 ? fork_error : exec_error)));
    }
    Process process;
    process.pid_ = child;
    process.output_stem_ = std::move(command.output_stem);
    return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), ended_(other.ended_),
      output_stem_(std::move(other.output_stem_)) {}

Process& Process::operator=(Process&& other) noexcept {
    if (this != &other) {
        if (pid_ > 0 && !ended_) {
            stop();
        }
        pid_ = std::exchange(other.pid_, -1);
        ended_ = other.ended_;
        output_stem_ = std::move(other.output_stem_);
    }
    return *this;
}

Process::~Process() {
    if (pid_ > 0 && !ended_) {
        stop();
    }
}

void Process::collect(int status) {
    ended_ = WIFSIGNALED(status) ? Ended{.exit_status = -1, .signal = WTERMSIG(status)}
                                 : Ended{.exit_status = WEXITSTATUS(status), .signal = 0};
}

bool Process::running() {
    return !wait(Milliseconds{0}).has_value();
}

std::string Process::output() const {
    return read_text(output_stem_.string() + ".out");
}
std::string Process::errors() const {
    return read_text(output_stem_.string() + ".err");
}

void Process::signal(int number) const {
    if (!ended_) { // a collected pid may be somebody else's by now
        ::kill(pid_, number);
    }
}

std::optional<Ended> Process::wait(Milliseconds deadline) {
    (void)await(deadline, [this] {
        int status = 0;
        if (!ended_ && ::waitpid(pid_, &status, WNOHANG) == pid_) {
            collect(status);
        }
        return ended_.has_value();
    });
    return ended_;
}

Ended Process::stop(Milliseconds patience) {
    signal(SIGTERM);
    if (const auto ended = wait(patience)) {
        return *ended;
    }
    return kill();
}

Ended Process::kill() {
    signal(SIGKILL);
    int status = 0;
    if (!ended_ && ::waitpid(pid_, &status, 0) == pid_) {
        collect(status);
    }
    return ended_.value_or(Ended{});
}

std::expected<Ended, std::string> run(Command command, Milliseconds deadline) {
    const std::string name = command.argv.at(0);
    auto process = Process::start(std::move(command));
    if (!process) {
        return std::unexpected(process.error());
    }
    if (const auto ended = process->wait(deadline)) {
        return *ended;
    }
    process->kill();
    return std::unexpected(
        std::format("{} had not ended after {} ms and was killed", name, deadline.count()));
}

Memory memory_of(pid_t pid) {
    Memory memory;
    std::ifstream status(std::format("/proc/{}/status", pid));
    for (std::string line; std::getline(status, line);) {
        std::istringstream fields(line);
        std::string name;
        std::int64_t kb = 0;
        fields >> name >> kb;
        if (name == "VmRSS:") {
            memory.resident_kb = kb;
        } else if (name == "RssAnon:" || name == "RssShmem:") {
            memory.own_kb += kb;
        }
    }
    return memory;
}

std::int64_t resident_kb(pid_t pid) {
    return memory_of(pid).resident_kb;
}

} // namespace haven::test
