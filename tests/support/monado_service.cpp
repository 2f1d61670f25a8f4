#include "tests/support/monado_service.hpp"

#include "tests/support/headset_priority.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <format>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

constexpr Milliseconds ready_deadline{60'000};
constexpr Milliseconds control_deadline{60'000};
constexpr const char* runtime_manifest = "/usr/share/openxr/1/openxr_monado.json";

} // namespace

MonadoService::MonadoService()
    : directory_(std::make_unique<TempDirectory>("haven-monado")), port_(free_port()) {
    fs::create_directories(directory_->path() / "home/.config/monado");
    fs::create_directory(runtime_dir());
    fs::permissions(runtime_dir(), fs::perms::owner_all);
    write_text(
        directory_->path() / "home/.config/monado/config_v0.json",
        std::format(R"({{"active":"remote","remote":{{"version":0,"port":{},"view_count":2}}}})",
                    port_));
}

std::expected<MonadoService, std::string> MonadoService::start() {
    MonadoService service;
    if (auto launched = service.launch(); !launched) {
        return std::unexpected(launched.error());
    }
    return service;
}

Environment MonadoService::client_environment() const {
    return {{"XDG_RUNTIME_DIR", runtime_dir().string()}, {"XR_RUNTIME_JSON", runtime_manifest}};
}

std::string MonadoService::log() const {
    return read_text(directory_->path() / "service.out") +
           read_text(directory_->path() / "service.err");
}

/// What monado-ctl answers; nothing when it failed.
std::optional<std::string> MonadoService::control(std::vector<std::string> options) const {
    const fs::path stem = directory_->path() / "control";
    fs::remove(stem.string() + ".out");
    options.insert(options.begin(), "monado-ctl");
    const auto ended =
        run({.argv = std::move(options), .environment = client_environment(), .output_stem = stem},
            control_deadline);
    if (ended != Ended{.exit_status = 0}) {
        return std::nullopt;
    }
    return read_text(stem.string() + ".out");
}

std::optional<int> MonadoService::client_id(pid_t pid) const {
    // A line of it: "\tid: 1\tact: 1\tdisp: 1\tfoc: 1\tio: 1\tovly: 0\tz: 0\tpid: 42\tHaven".
    std::istringstream lines(control({}).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        int id = 0;
        int active = 0;
        int its_pid = 0;
        if (std::sscanf(line.c_str(),
                        " id: %d act: %d disp: %*d foc: %*d io: %*d ovly: %*d z: %*d pid: %d", &id,
                        &active, &its_pid) == 3 &&
            active == 1 && its_pid == pid) {
            return id;
        }
    }
    return std::nullopt;
}

bool MonadoService::make_primary(int client_id) const {
    return control({"-p", std::to_string(client_id)}).has_value();
}

void MonadoService::stop() {
    if (process_) {
        process_->stop();
        process_.reset();
    }
}

void MonadoService::kill() {
    if (process_) {
        process_->kill();
        process_.reset();
    }
}

std::expected<void, std::string> MonadoService::restart() {
    stop();
    return launch();
}

std::expected<void, std::string> MonadoService::launch() {
    const fs::path ipc_socket = runtime_dir() / "monado_comp_ipc";
    std::error_code not_there;
    fs::remove(ipc_socket, not_there); // a killed service leaves it behind, and it would look ready
    auto process = Process::start({
        .argv = {"monado-service"},
        .environment = {{"XDG_RUNTIME_DIR", runtime_dir().string()},
                        {"HOME", (directory_->path() / "home").string()},
                        {"XRT_NO_STDIN", "1"},
                        {"XRT_COMPOSITOR_NULL", "1"},
                        {"P_OVERRIDE_ACTIVE_CONFIG", "remote"}},
        .without_environment = {"XDG_CONFIG_HOME"},
        .output_stem = directory_->path() / "service",
    });
    if (!process) {
        return std::unexpected(process.error());
    }
    process_.emplace(std::move(*process));
    const bool ready = await(ready_deadline, [&] {
        return !process_->running() || (fs::exists(ipc_socket) && port_is_listened_on(port_));
    });
    if (!ready || !process_->running()) {
        const std::string text = log();
        stop();
        return std::unexpected("monado-service did not become ready; its log ends:\n" +
                               text.substr(text.size() - std::min<std::size_t>(text.size(), 2000)));
    }
    run_as_headset(process_->pid());
    return {};
}

} // namespace haven::test
