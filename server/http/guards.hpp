#pragma once

#include "server/artifacts/virus_scanner.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/config.hpp"

#include <expected>
#include <memory>
#include <string>

namespace haven::http {

/// What is asked of things beside this server before something is let in; each may be absent.
struct Guards {
    std::unique_ptr<const artifacts::VirusScanner::Endpoint> virus_scanner;
    std::unique_ptr<auth::BreachedPasswords> breached_passwords;
};

/// Those of the configuration, which are named in the log, those that are off, too.
[[nodiscard]] std::expected<Guards, std::string> open_guards(const ServerConfig& config);

} // namespace haven::http
