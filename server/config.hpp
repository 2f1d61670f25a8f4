#pragma once

#include "net/api/limits.hpp"
#include "server/log.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace haven {

/// Of whom a second factor is asked before more than their own account is opened to them.
enum class FactorNeededBy : std::uint8_t { nobody, clinicians, people };

/// Everything the server can be told. Flags (--listen-port) win over the environment
/// (HAVEN_LISTEN_PORT), which wins over the TOML file (listen_port), which wins over these
/// defaults.
struct ServerConfig {
    std::string listen_address = "127.0.0.1";
    std::uint16_t listen_port = 8080; ///< 0: any free one
    /// Where people and devices reach this server, "https://HOST[:PORT]"; where it listens, if not
    /// given
    std::string public_url;
    /// Whose pages' scripts may ask, as browsers write an origin
    std::vector<std::string> cors_origins;
    std::string metrics_address = "127.0.0.1";
    std::uint16_t metrics_port = 9464; ///< 0: any free one
    bool metrics_enabled = true;
    std::filesystem::path
        port_file; ///< where given, "PORT METRICS_PORT\n" is written there once the server listens

    /// Without a password; once the configuration is read, with the one in database_password_file
    std::string database_url;
    std::filesystem::path database_password_file;
    std::size_t database_pool_size = 4;
    /// The schema is brought up to date at start; off where `haven-server migrate` does it, with a
    /// role of its own
    bool migrate_enabled = true;
    bool jobs_enabled = true; ///< the periodic work in the database; off where other servers do it

    std::filesystem::path data_dir = "haven-data";
    std::filesystem::path objects_dir; ///< data_dir/objects where not given
    /// 32 bytes that everything sealed hangs on; data_dir/master.key where not given, made at the
    /// first start
    std::filesystem::path master_key_file;
    /// While keys are exchanged: one more that opens
    std::filesystem::path master_key_other_file;

    std::filesystem::path tls_certificate; ///< PEM, with its chain; both or neither
    std::filesystem::path tls_key;

    /// Addresses and networks of reverse proxies, with commas: whom they speak for is taken from
    /// Forwarded or X-Forwarded-For
    std::string trusted_proxies;
    std::size_t requests_per_minute = 6000; ///< of one account; as many again that write

    /// The mail server: smtp://HOST[:PORT], smtps://HOST[:PORT]. Where none is given, each letter
    /// becomes a file in mail_dir, data_dir/mail where that is not given
    std::string smtp_url;
    std::string smtp_user;
    std::filesystem::path smtp_password_file;
    std::filesystem::path smtp_ca_file; ///< in place of the system's authorities
    std::string mail_from;              ///< "Name <address>"; needed with smtp_url
    std::filesystem::path mail_dir;
    /// The web site that links in letters lead to; public_url where not given, and codes where
    /// neither is
    std::string site_url;

    /// Addresses and networks, with commas, that webhooks may be sent to although they are none of
    /// the internet's
    std::string webhook_allow_network;

    std::chrono::seconds token_lifetime{15 * 60}; ///< of an access token
    /// A log-in ends where it is not refreshed for so long, and at the latest after a lifetime.
    std::chrono::seconds login_idle_time{30LL * 24 * 3600};
    std::chrono::seconds login_lifetime{90LL * 24 * 3600};
    std::chrono::seconds clinician_idle_time{12 * 3600};
    std::chrono::seconds clinician_lifetime{7LL * 24 * 3600};
    /// Without one, a token of theirs is for `account` alone. Of people: of clinicians, too.
    FactorNeededBy second_factor = FactorNeededBy::clinicians;
    /// SHA-1 of passwords that leaked elsewhere, a line each, sorted: none of them may be chosen
    std::filesystem::path breached_passwords;
    /// clamd on this machine, unix:PATH or HOST:PORT. Without it files are stored as they come.
    std::string virus_scanner;
    /// The same of a log-in in a browser's cookie, whoever's it is: NIST SP 800-63B 4.2.3
    std::chrono::seconds browser_idle_time{30 * 60};
    std::chrono::seconds browser_lifetime{12 * 3600};
    std::chrono::seconds device_idle_time{90LL * 24 * 3600};
    std::chrono::seconds device_lifetime{365LL * 24 * 3600};
    /// All request bodies in memory together.
    std::uint64_t body_memory_bytes = api::body_memory_bytes_default;
    std::uint64_t body_bytes_max = api::drawing_body_bytes_max; ///< one request body
    std::size_t canvas_threads = 1;   ///< for pictures and the object store
    std::size_t password_threads = 2; ///< argon2id, 19 MiB each
    std::chrono::seconds shutdown_timeout{30};

    bool log_audit = false; ///< each row of audit_logs is a line of the log, too
    log::Level log_level = log::Level::info;
    log::Format log_format = log::Format::json;
};

/// Why there is no configuration: a mistake (status 2, text for stderr), or --help or --version
/// (status 0, text for stdout).
struct ConfigExit {
    int status = 2;
    std::string text;
};

using Environment = std::function<std::optional<std::string>(const char* name)>;

/// `arguments` without the program's name. The file is --config, or HAVEN_CONFIG, or none. Errors
/// name the flag, the variable, or the file with its line.
[[nodiscard]] std::expected<ServerConfig, ConfigExit>
parse_config(std::span<const std::string> arguments, const Environment& environment);

/// From main's arguments and the process's environment.
[[nodiscard]] std::expected<ServerConfig, ConfigExit> parse_config(int argc, char** argv);

} // namespace haven
