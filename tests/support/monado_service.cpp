#include "tests/support/monado_service.hpp"

#include <format>
#include <system_error>
#include <utility>

namespace haven::test {

namespace fs = std::filesystem;

namespace {

constexpr Milliseconds ready_deadline{20'000};
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
    return {};
}

} // namespace haven::test
