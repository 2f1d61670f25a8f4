#include "server/config_secrets.hpp"

#include "server/config.hpp"
#include "server/private_file.hpp"
#include "server/store/transport.hpp"

#include <array>
#include <expected>
#include <filesystem>
#include <format>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace haven {

namespace {

std::string with_password(const std::string& url, std::string_view password) {
    std::string text = url;
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
        text += url.contains('?') ? "&password=" : "?password=";
        for (const char c : password) {
            text += std::format("%{:02X}", static_cast<unsigned char>(c));
        }
        return text;
    }
    text += " password='";
    for (const char c : password) {
        if (c == '\'' || c == '\\') {
            text += '\\';
        }
        text += c;
    }
    return text + "'";
}

} // namespace

void use_credentials(ServerConfig& config, const Environment& environment) {
    const auto directory = environment("CREDENTIALS_DIRECTORY");
    if (!directory || directory->empty()) {
        return;
    }
    using C = ServerConfig;
    constexpr std::array<std::pair<std::string_view, std::filesystem::path C::*>, 5> names{{
        {"master.key", &C::master_key_file},
        {"master-other.key", &C::master_key_other_file},
        {"tls.key", &C::tls_key},
        {"smtp.password", &C::smtp_password_file},
        {"database.password", &C::database_password_file},
    }};
    for (const auto& [name, member] : names) {
        std::filesystem::path file = std::filesystem::path(*directory) / name;
        std::error_code error;
        if ((config.*member).empty() && std::filesystem::exists(file, error)) {
            config.*member = std::move(file);
        }
    }
}

std::expected<void, std::string> add_database_password(ServerConfig& config) {
    if (store::has_password(config.database_url)) {
        return std::unexpected(
            "there is a password in the database's URL, where lists of processes and "
            "copies of the configuration show it: give it in --database-password-file, "
            "or in a file that PGPASSFILE names");
    }
    const std::filesystem::path& file = config.database_password_file;
    if (file.empty()) {
        return {};
    }
    if (auto fault = others_may_read(file)) {
        return std::unexpected("--database-password-file: " + *fault);
    }
    std::ifstream text(file);
    std::string password;
    std::getline(text, password);
    if (!text || password.empty() || password.contains('\0')) {
        return std::unexpected("--database-password-file: there is no password in " +
                               file.string());
    }
    config.database_url = with_password(config.database_url, password);
    return {};
}

} // namespace haven
