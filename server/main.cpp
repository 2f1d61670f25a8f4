#include "server/auth/password.hpp"
#include "server/clinicians/commands.hpp"
#include "server/config.hpp"
#include "server/http/server.hpp"
#include "server/log.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <format>
#include <fstream>
#include <print>
#include <string>
#include <system_error>
#include <vector>

namespace {

/// Few arenas, and what is freed goes back: bodies come and go by the megabyte.
void keep_memory_small() {
    ::mallopt(M_ARENA_MAX, 2);
    ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

/// Written beside its place and renamed, so that whoever waits for it reads it whole.
bool write_port_file(const std::filesystem::path& path, const haven::http::Server& server) {
    std::filesystem::path half = path;
    half += ".new";
    std::ofstream file(half);
    file << server.port() << ' ' << server.metrics_port() << '\n';
    file.close();
    std::error_code error;
    if (file) {
        std::filesystem::rename(half, path, error);
    }
    return file && !error;
}

int serve(const haven::ServerConfig& config) {
    if (!haven::auth::init()) {
        std::println(stderr, "haven-server: libsodium cannot start on this machine");
        return 1;
    }
    const auto server = haven::http::Server::create(config);
    if (!server) {
        std::println(stderr, "haven-server: {}", server.error());
        return 1;
    }
    (*server)->stop_on_signals();
    const char* const scheme = config.tls_certificate.empty() ? "http" : "https";
    const std::string url =
        std::format("{}://{}:{}", scheme, config.listen_address, (*server)->port());
    haven::log::info("listening", {{"on", url}, {"metrics_port", (*server)->metrics_port()}});
    std::println("listening on {}", url);
    std::fflush(stdout);
    if (!config.port_file.empty() && !write_port_file(config.port_file, **server)) {
        std::println(stderr, "haven-server: cannot write {}", config.port_file.string());
        return 1;
    }
    (*server)->run();
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    keep_memory_small();
    try {
        const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
        if (const auto status = haven::commands::run(arguments)) {
            return *status;
        }
        const auto config = haven::parse_config(argc, argv);
        if (!config) {
            std::println(config.error().status == 0 ? stdout : stderr, "{}", config.error().text);
            return config.error().status;
        }
        haven::log::init(config->log_level, config->log_format);
        const int status = serve(*config);
        haven::log::shutdown();
        return status;
    } catch (const std::exception& failure) {
        static_cast<void>(std::fputs("haven-server: ", stderr));
        static_cast<void>(std::fputs(failure.what(), stderr));
        static_cast<void>(std::fputs("\n", stderr));
        return 1;
    }
}
