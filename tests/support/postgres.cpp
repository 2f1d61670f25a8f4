#include "tests/support/postgres.hpp"

#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/migrations.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <memory>
#include <mutex>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <csignal>
#include <fcntl.h>
#include <pwd.h>
#include <unistd.h>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

constexpr Milliseconds start_deadline{60'000};

fs::path newest_binaries() {
    if (const char* chosen = std::getenv("HAVEN_PG_BIN"); chosen != nullptr) {
        return chosen;
    }
    fs::path newest;
    int newest_version = 0;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        const std::string name = entry.path().filename();
        int version = 0;
        std::from_chars(name.data(), name.data() + name.size(), version);
        if (version > newest_version && fs::exists(entry.path() / "bin/postgres")) {
            newest_version = version;
            newest = entry.path() / "bin";
        }
    }
    if (newest.empty()) {
        throw std::runtime_error(
            "no PostgreSQL in /usr/lib/postgresql: install it, or set HAVEN_PG_BIN");
    }
    return newest;
}

/// PostgreSQL refuses root. setpriv sets the signal of the parent's death after it has changed the
/// user, so it survives; SIGINT is PostgreSQL's fast stop.
std::vector<std::string> as_postgres(std::vector<std::string> argv) {
    std::vector<std::string> prefix{"setpriv", "--pdeathsig", "INT"};
    if (::geteuid() == 0) {
        prefix.insert(prefix.end(),
                      {"--reuid=postgres", "--regid=postgres", "--init-groups", "--"});
    }
    argv.insert(argv.begin(), prefix.begin(), prefix.end());
    return argv;
}

void give_to_postgres(const fs::path& directory) {
    if (::geteuid() != 0) {
        return;
    }
    const passwd* user = ::getpwnam("postgres");
    if (user == nullptr || ::chown(directory.c_str(), user->pw_uid, user->pw_gid) != 0) {
        throw std::runtime_error("cannot give " + directory.string() + " to the user postgres");
    }
}

/// A child that waits for this process to end, however it does, then for PostgreSQL, and removes
/// the directory.
void leave_a_janitor(const fs::path& directory) {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe for the cluster's janitor");
    }
    const std::string script =
        std::format("if read -r pid <{0}/data/postmaster.pid; then "
                    "timeout 20 tail --pid=\"$pid\" -f /dev/null; fi; rm -rf {0}",
                    directory.string());
    if (::fork() == 0) { // nothing but system calls from here
        ::setsid();
        const int null = ::open("/dev/null", O_RDWR);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            ::dup2(null, fd);
        }
        ::close(pipe[1]);
        char byte = 0;
        while (::read(pipe[0], &byte, 1) > 0) {
        }
        ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
        ::_exit(127);
    }
    ::close(pipe[0]); // the other end stays open as long as this process lives
}

/// As folders of /proc.
std::vector<fs::path> children_of(pid_t pid) {
    std::istringstream pids(read_text(std::format("/proc/{0}/task/{0}/children", pid)));
    std::vector<fs::path> children;
    for (std::string child; pids >> child;) {
        children.push_back("/proc/" + child);
    }
    return children;
}

std::string logged(const fs::path& stem) {
    return read_text(stem.string() + ".out") + read_text(stem.string() + ".err");
}

store::Connection open_or_throw(const std::string& url) {
    auto connection = store::Connection::open(url);
    if (!connection) {
        throw std::runtime_error(store::describe(connection.error()));
    }
    return std::move(*connection);
}

void run_or_throw(const std::string& url, const std::string& sql) {
    auto connection = open_or_throw(url);
    if (const auto done = connection.execute(sql); !done) {
        throw std::runtime_error(sql + ": " + store::describe(done.error()));
    }
}

} // namespace

struct TestCluster::Impl {
    TempDirectory directory{"haven-pg"};
    fs::path binaries;
    std::uint16_t port = free_port();
    std::optional<Process> server;
    std::mutex mutex; ///< guards what follows
    int databases = 0;
    bool has_template = false;

    [[nodiscard]] fs::path data() const { return directory.path() / "data"; }
    [[nodiscard]] std::string url(const std::string& database) const {
        return std::format("postgresql://haven@/{}?host={}&port={}", database,
                           directory.path().string(), port);
    }
    std::string create_database(const std::string& rest) {
        const std::string name = std::format("test_{}", ++databases);
        run_or_throw(url("postgres"), "CREATE DATABASE " + name + rest);
        return url(name);
    }
};

TestCluster& TestCluster::instance() {
    static const std::unique_ptr<TestCluster> cluster = make();
    return *cluster;
}

std::unique_ptr<TestCluster> TestCluster::make(fs::path binaries) {
    return std::unique_ptr<TestCluster>(
        new TestCluster(binaries.empty() ? newest_binaries() : std::move(binaries)));
}

TestCluster::TestCluster(fs::path binaries) : impl_(std::make_unique<Impl>()) {
    impl_->binaries = std::move(binaries);
    give_to_postgres(impl_->directory.path());
    leave_a_janitor(impl_->directory.path());
    const fs::path log = impl_->directory.path() / "initdb";
    const auto made =
        run({.argv = as_postgres({impl_->binaries / "initdb", "-D", impl_->data(), "-U", "haven",
                                  "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"}),
             .output_stem = log},
            start_deadline);
    if (!made || made->exit_status != 0) {
        throw std::runtime_error("initdb failed:\n" + logged(log));
    }
    start();
}

TestCluster::~TestCluster() {
    if (impl_->server) {
        stop();
    }
}

void TestCluster::start() {
    const fs::path log = impl_->directory.path() / "server";
    auto started = Process::start(
        {.argv = as_postgres({impl_->binaries / "postgres", "-D", impl_->data(), "-k",
                              impl_->directory.path(), "-p", std::to_string(impl_->port), "-c",
                              "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c",
                              "full_page_writes=off", "-c", "max_connections=300", "-c",
                              "timezone=UTC", "-c", "shared_buffers=32MB"}),
         .output_stem = log});
    if (!started) {
        throw std::runtime_error("PostgreSQL did not start: " + started.error());
    }
    impl_->server.emplace(std::move(*started));
    const bool ready = await(start_deadline, [&] {
        return !impl_->server->running() ||
               store::Connection::open(impl_->url("postgres")).has_value();
    });
    if (!ready || !impl_->server->running()) {
        throw std::runtime_error("PostgreSQL did not start:\n" + logged(log));
    }
}

void TestCluster::stop() {
    impl_->server->signal(SIGINT);
    if (!impl_->server->wait(start_deadline)) {
        impl_->server->kill();
    }
    impl_->server.reset();
}

void TestCluster::kill() {
    const std::vector<fs::path> backends = children_of(impl_->server->pid());
    impl_->server->kill();
    impl_->server.reset();
    // They see their parent die, and leave by themselves.
    const bool gone = await(start_deadline, [&] {
        return std::ranges::none_of(backends, [](const fs::path& one) { return fs::exists(one); });
    });
    if (!gone) {
        throw std::runtime_error("PostgreSQL's backends outlive their killed parent");
    }
}

std::string TestCluster::log() const {
    return logged(impl_->directory.path() / "server");
}

std::string TestCluster::empty_database() {
    const std::scoped_lock lock(impl_->mutex);
    return impl_->create_database(" TEMPLATE template0");
}

std::string TestCluster::fresh_database() {
    const std::scoped_lock lock(impl_->mutex);
    if (!impl_->has_template) {
        run_or_throw(impl_->url("postgres"), "CREATE DATABASE migrated TEMPLATE template0");
        if (const auto report = store::migrate(impl_->url("migrated")); !report) {
            throw std::runtime_error(report.error());
        }
        impl_->has_template = true;
    }
    return impl_->create_database(" TEMPLATE migrated");
}

std::string TestCluster::tcp_url(const std::string& url) const {
    const auto slash = url.find("@/");
    const auto question = url.find('?');
    return std::format("postgresql://haven@127.0.0.1:{}/{}", impl_->port,
                       url.substr(slash + 2, question - slash - 2));
}

} // namespace haven::test
