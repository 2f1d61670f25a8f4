#include "server/http/guards.hpp"

#include "server/artifacts/virus_scanner.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/config.hpp"
#include "server/log.hpp"

#include <expected>
#include <string>
#include <utility>

namespace haven::http {

std::expected<Guards, std::string> open_guards(const ServerConfig& config) {
    auto scanner = artifacts::VirusScanner::parse(config.virus_scanner);
    if (!scanner) {
        return std::unexpected(std::move(scanner.error()));
    }
    Guards guards{.virus_scanner = std::move(*scanner), .breached_passwords = nullptr};
    if (!config.breached_passwords.empty()) {
        auto list = auth::BreachedPasswords::open(config.breached_passwords);
        if (!list) {
            return std::unexpected("--breached-passwords: " + list.error());
        }
        guards.breached_passwords = std::move(*list);
    }
    log::info("guards", {{"virus_scanner", guards.virus_scanner ? "on" : "off"},
                         {"breached_passwords", guards.breached_passwords ? "on" : "off"}});
    return guards;
}

} // namespace haven::http
