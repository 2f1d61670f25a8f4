#include "server/config.hpp"

#include "net/api/limits.hpp"
#include "server/config_secrets.hpp"
#include "server/log.hpp"

#include <CLI/CLI.hpp>
#include <toml++/toml.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <expected>
#include <filesystem>
#include <format>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace haven {

namespace {

/// Puts a text into its place, or says what it should have been.
using Setter = std::function<std::optional<std::string>(ServerConfig&, const std::string& text)>;

/// One thing that can be told. The flag is --listen-port, the variable HAVEN_LISTEN_PORT, the key
/// in the file listen_port.
struct Option {
    std::string key;
    std::string placeholder;
    std::string help;
    Setter set;
};

std::string flag_of(std::string key) {
    std::ranges::replace(key, '_', '-');
    return "--" + key;
}

std::string variable_of(const std::string& key) {
    std::string name = "HAVEN_" + key;
    std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return name;
}

Setter text(std::string ServerConfig::* member) {
    return [member](ServerConfig& config, const std::string& value) -> std::optional<std::string> {
        config.*member = value;
        return std::nullopt;
    };
}

std::optional<std::uint64_t> parse_integer(std::string_view value) {
    std::uint64_t number = 0;
    const auto end = std::from_chars(value.data(), value.data() + value.size(), number);
    if (end.ec != std::errc() || end.ptr != value.data() + value.size() || value.empty()) {
        return std::nullopt;
    }
    return number;
}

/// As browsers write it: "https://journal.example", lower case, without a port that goes without
/// saying (RFC 6454 6.2).
bool is_origin(std::string_view origin) {
    const bool tls = origin.starts_with("https://");
    if (!tls && !origin.starts_with("http://")) {
        return false;
    }
    const std::string_view authority = origin.substr(tls ? 8 : 7);
    const std::size_t colon =
        authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
    const std::string_view host = authority.substr(0, colon);
    const std::string_view port =
        colon == std::string_view::npos ? "" : authority.substr(colon + 1);
    const bool is_address = host.starts_with('[') && host.ends_with(']');
    const std::string_view marks = is_address ? ".:[]" : ".-";
    const auto in_host = [marks](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.contains(c);
    };
    const auto number = parse_integer(port);
    const bool right_port =
        colon == std::string_view::npos || (number && *number > 0 && *number <= 65'535 &&
                                            !port.starts_with('0') && port != (tls ? "443" : "80"));
    return !host.empty() && host.size() <= 255 && std::ranges::all_of(host, in_host) && right_port;
}

/// Of origins with commas between them.
Setter origins(std::vector<std::string> ServerConfig::* member) {
    return [member](ServerConfig& config, const std::string& value) -> std::optional<std::string> {
        constexpr std::size_t origins_max = 32;
        std::vector<std::string> listed;
        for (const auto part : std::views::split(value, ',')) {
            std::string_view origin{part.begin(), part.end()};
            origin.remove_prefix(std::min(origin.find_first_not_of(' '), origin.size()));
            if (!is_origin(origin) || listed.size() == origins_max) {
                return std::format("at most {} origins as browsers write them, https://HOST[:PORT] "
                                   "in lower case, with commas; none stands for all",
                                   origins_max);
            }
            listed.emplace_back(origin);
        }
        config.*member = std::move(listed);
        return std::nullopt;
    };
}

Setter path(std::filesystem::path ServerConfig::* member) {
    return [member](ServerConfig& config, const std::string& value) -> std::optional<std::string> {
        config.*member = value;
        return std::nullopt;
    };
}

template <typename Store>
Setter number(std::uint64_t lowest, std::uint64_t highest, Store store) {
    return [=](ServerConfig& config, const std::string& value) -> std::optional<std::string> {
        const auto parsed = parse_integer(value);
        if (!parsed || *parsed < lowest || *parsed > highest) {
            return std::format("a whole number from {} to {}", lowest, highest);
        }
        store(config, *parsed);
        return std::nullopt;
    };
}

template <std::unsigned_integral T>
Setter integer(T ServerConfig::* member, std::uint64_t lowest, std::uint64_t highest) {
    return number(lowest, highest, [member](ServerConfig& config, std::uint64_t value) {
        config.*member = static_cast<T>(value);
    });
}

Setter seconds(std::chrono::seconds ServerConfig::* member, std::uint64_t lowest,
               std::uint64_t highest) {
    return number(lowest, highest, [member](ServerConfig& config, std::uint64_t value) {
        config.*member = std::chrono::seconds(value);
    });
}

template <typename T>
Setter one_of(T ServerConfig::* member, std::vector<std::pair<std::string, T>> choices) {
    return [member, choices = std::move(choices)](
               ServerConfig& config, const std::string& value) -> std::optional<std::string> {
        std::string expected = "one of";
        for (const auto& [name, choice] : choices) {
            if (name == value) {
                config.*member = choice;
                return std::nullopt;
            }
            expected += " " + name;
        }
        return expected;
    };
}

std::vector<Option> network_options() {
    using C = ServerConfig;
    return {
        {"listen_address", "ADDRESS",
         "where the API listens; beyond this machine with TLS or behind a trusted proxy alone",
         text(&C::listen_address)},
        {"listen_port", "PORT", "0 for any free one", integer(&C::listen_port, 0, 65'535)},
        {"public_url", "URL",
         "where people and devices reach this server, https://HOST[:PORT]: what links point to, "
         "and whose pages log in by cookie; default: where it listens",
         text(&C::public_url)},
        {"cors_origin", "ORIGIN",
         "https://HOST[:PORT] whose pages' scripts may ask with a token, from any browser; with "
         "commas, or several times",
         origins(&C::cors_origins)},
        {"metrics_address", "ADDRESS", "where /metrics listens: an address of this machine alone",
         text(&C::metrics_address)},
        {"metrics_port", "PORT", "0 for any free one", integer(&C::metrics_port, 0, 65'535)},
        {"metrics", "on|off", "serve /metrics",
         one_of(&C::metrics_enabled, {{"on", true}, {"off", false}})},
        {"port_file", "FILE", "once listening, write \"PORT METRICS_PORT\" there",
         path(&C::port_file)},
        {"tls_certificate", "FILE", "PEM, with its chain; needs --tls-key",
         path(&C::tls_certificate)},
        {"tls_key", "FILE", "PEM, mode 600; needs --tls-certificate; SIGHUP reads both again",
         path(&C::tls_key)},
        {"trusted_proxies", "LIST",
         "reverse proxies: addresses and networks, with commas; of them alone Forwarded or "
         "X-Forwarded-For is believed, and neither where they disagree",
         text(&C::trusted_proxies)},
        {"requests_per_minute", "N", "of one account, at each server; as many again that write",
         integer(&C::requests_per_minute, 60, 1'000'000)},
    };
}

std::vector<Option> mail_options() {
    using C = ServerConfig;
    return {
        {"smtp_url", "URL",
         "the mail server: smtp://HOST[:PORT], which has to offer STARTTLS unless it is this "
         "machine, or smtps://HOST[:PORT]; without one each letter is a file in --mail-dir",
         text(&C::smtp_url)},
        {"smtp_user", "NAME", "to log in there; needs --smtp-password-file", text(&C::smtp_user)},
        {"smtp_password_file", "FILE", "mode 600; its first line is the password",
         path(&C::smtp_password_file)},
        {"smtp_ca_file", "FILE", "PEM: who vouches for the mail server, in place of the system's",
         path(&C::smtp_ca_file)},
        {"mail_from", "TEXT", "whom letters come from: \"Name <address>\"; needed with --smtp-url",
         text(&C::mail_from)},
        {"mail_dir", "DIR",
         "letters where there is no mail server; default: mail in the data directory",
         path(&C::mail_dir)},
        {"webhook_allow_network", "LIST",
         "addresses and networks, with commas, that webhooks may be sent to although they are not "
         "of the internet: 10.1.0.0/16, 127.0.0.1",
         text(&C::webhook_allow_network)},
        {"site_url", "URL",
         "the web site: links in letters lead to URL/verification, URL/address, URL/reset and "
         "URL/invitation, with #token=CODE; default: --public-url, and this server's own pages; "
         "without either letters show the code",
         text(&C::site_url)},
    };
}

std::vector<Option> other_options() {
    using C = ServerConfig;
    constexpr std::uint64_t kib = 1024;
    constexpr std::uint64_t gib = 1ULL << 30;
    return {
        {"database_url", "URL",
         "PostgreSQL: postgresql://user@host/database (required); on another machine with "
         "?sslmode=verify-full",
         text(&C::database_url)},
        {"database_password_file", "FILE",
         "the password of its role, mode 600; never in --database-url",
         path(&C::database_password_file)},
        {"database_pool_size", "N", "connections to it", integer(&C::database_pool_size, 1, 100)},
        {"migrate", "on|off",
         "bring the schema up to date at start; off where `haven-server migrate` does it",
         one_of(&C::migrate_enabled, {{"on", true}, {"off", false}})},
        {"jobs", "on|off",
         "do the periodic work in the database, and send letters; off where another server does",
         one_of(&C::jobs_enabled, {{"on", true}, {"off", false}})},
        {"data_dir", "DIR", "where the server keeps its files", path(&C::data_dir)},
        {"objects_dir", "DIR", "pictures and traces; default: objects in the data directory",
         path(&C::objects_dir)},
        {"virus_scanner", "ADDRESS",
         "clamd on this machine, unix:PATH or HOST:PORT: no file is stored that it finds something "
         "in, or has not looked at; without it none is scanned",
         text(&C::virus_scanner)},
        {"master_key_file", "FILE",
         "32 bytes, mode 600: what is sealed hangs on it; default: master.key in the data "
         "directory",
         path(&C::master_key_file)},
        {"master_key_other_file", "FILE",
         "while the master key is exchanged (haven-server exchange-master-key): one more that "
         "opens "
         "what is wrapped under it",
         path(&C::master_key_other_file)},
        {"body_memory_bytes", "BYTES", "all request bodies in memory together, 64 MiB or more",
         integer(&C::body_memory_bytes, 0, 64 * gib)},
        {"body_bytes_max", "BYTES", "one request body", integer(&C::body_bytes_max, kib, gib)},
        {"canvas_threads", "N", "threads that prove drawings and serve pictures",
         integer(&C::canvas_threads, 1, 64)},
        {"password_threads", "N", "threads that hash passwords, 19 MiB each",
         integer(&C::password_threads, 1, 64)},
        {"shutdown_timeout_seconds", "S", "how long requests may take to finish at the end",
         seconds(&C::shutdown_timeout, 0, 3'600)},
        {"log_level", "LEVEL", "debug, info, warn, error",
         one_of<log::Level>(&C::log_level, {{"debug", log::Level::debug},
                                            {"info", log::Level::info},
                                            {"warn", log::Level::warn},
                                            {"error", log::Level::error}})},
        {"log_audit", "on|off", "each row of audit_logs is a line of the log, too",
         one_of(&C::log_audit, {{"on", true}, {"off", false}})},
        {"log_format", "FORMAT", "json, logfmt",
         one_of<log::Format>(&C::log_format,
                             {{"json", log::Format::json}, {"logfmt", log::Format::logfmt}})},
    };
}

std::vector<Option> login_options() {
    using C = ServerConfig;
    constexpr std::uint64_t year = 366ULL * 24 * 3600;
    return {
        {"token_lifetime_seconds", "S", "how long an access token is good",
         seconds(&C::token_lifetime, 60, year)},
        {"login_idle_seconds", "S", "a person's log-in that is not refreshed for so long ends",
         seconds(&C::login_idle_time, 60, year)},
        {"login_lifetime_seconds", "S", "it ends after that in any case",
         seconds(&C::login_lifetime, 60, year)},
        {"clinician_idle_seconds", "S", "the same of a clinician's",
         seconds(&C::clinician_idle_time, 60, year)},
        {"clinician_lifetime_seconds", "S", "the same of a clinician's",
         seconds(&C::clinician_lifetime, 60, year)},
        {"second_factor", "WHO",
         "who needs one: people (and clinicians), clinicians (the default), nobody; without it "
         "they see their own account alone, and may enrol one",
         one_of<FactorNeededBy>(&C::second_factor, {{"people", FactorNeededBy::people},
                                                    {"clinicians", FactorNeededBy::clinicians},
                                                    {"nobody", FactorNeededBy::nobody}})},
        {"breached_passwords", "FILE",
         "passwords that leaked elsewhere, which nobody may choose: lines of SHA-1 in upper case, "
         "sorted, with :COUNT or without, as the public lists are",
         path(&C::breached_passwords)},
        {"browser_idle_seconds", "S", "the same of a log-in on this server's own pages",
         seconds(&C::browser_idle_time, 300, year)},
        {"browser_lifetime_seconds", "S", "the same of a log-in on this server's own pages",
         seconds(&C::browser_lifetime, 300, year)},
        {"device_idle_seconds", "S", "the same of a headset's",
         seconds(&C::device_idle_time, 60, year)},
        {"device_lifetime_seconds", "S", "the same of a headset's",
         seconds(&C::device_lifetime, 60, year)},
    };
}

const std::vector<Option>& all_options() {
    static const std::vector<Option> options = [] {
        std::vector<Option> all = network_options();
        std::ranges::move(mail_options(), std::back_inserter(all));
        std::ranges::move(login_options(), std::back_inserter(all));
        std::ranges::move(other_options(), std::back_inserter(all));
        return all;
    }();
    return options;
}

std::unexpected<ConfigExit> mistake(const std::string& what) {
    return std::unexpected(
        ConfigExit{.status = 2,
                   .text = "haven-server: " + what + "\nhaven-server --help lists the options\n"});
}

/// What each source says, by key.
using Told = std::map<std::string, std::string>;

using Applied = std::expected<void, ConfigExit>;

Applied apply(ServerConfig& config, const Option& option, const std::string& value,
              const std::string& source) {
    if (const auto expected = option.set(config, value)) {
        // Plain texts are never refused, so a URL with a password in it is not repeated here.
        return mistake(std::format("{}: expected {}, not '{}'", source, *expected, value));
    }
    return {};
}

std::optional<std::string> text_of(const toml::node& node) {
    if (const auto* value = node.as_string()) {
        return value->get();
    }
    if (const auto* value = node.as_integer()) {
        return std::to_string(value->get());
    }
    if (const auto* value = node.as_boolean()) {
        return value->get() ? "on" : "off";
    }
    return std::nullopt;
}

std::expected<toml::table, ConfigExit> parse_file(const std::filesystem::path& file) {
    try {
        return toml::parse_file(file.string());
    } catch (const toml::parse_error& error) {
        return mistake(std::format("{}:{}: {}", file.string(), error.source().begin.line,
                                   error.description()));
    }
}

Applied apply_file(ServerConfig& config, const std::filesystem::path& file) {
    const auto table = parse_file(file);
    if (!table) {
        return std::unexpected(table.error());
    }
    for (const auto& [key, node] : *table) {
        const std::string source =
            std::format("{}:{}: {}", file.string(), node.source().begin.line, key.str());
        const auto option = std::ranges::find(all_options(), std::string(key.str()), &Option::key);
        if (option == all_options().end()) {
            return mistake(source + ": there is no such setting");
        }
        const auto value = text_of(node);
        if (!value) {
            return mistake(source + ": expected a text or a whole number");
        }
        if (auto applied = apply(config, *option, *value, source); !applied) {
            return applied;
        }
    }
    return {};
}

/// What the flags say, and the configuration file's name under the key "config".
std::expected<Told, ConfigExit> read_flags(std::span<const std::string> arguments) {
    CLI::App app("The server behind Haven: sessions, drawings and how the headset performed, kept "
                 "in PostgreSQL.",
                 "haven-server");
    app.set_version_flag("--version", "haven-server 0.1.0");
    app.footer("Every option can also come from the environment (--listen-port as "
               "HAVEN_LISTEN_PORT) or from a TOML\n"
               "file (listen_port = 8080). A flag wins over the environment, the environment over "
               "the file.\n"
               "add-clinician, reset-password, add-service, rotate-service, suspend-service, "
               "resume-service,\n"
               "list-services, exchange-master-key, exchange-person-keys, seal-words and\n"
               "migrate are commands: haven-server add-service --help.");
    Told told;
    std::map<std::string, std::string> values;
    app.add_option("--config", values["config"], "a TOML file with any of the settings below")
        ->type_name("FILE");
    for (const Option& option : all_options()) {
        CLI::Option* const flag =
            app.add_option(flag_of(option.key), values[option.key], option.help)
                ->type_name(option.placeholder);
        if (option.key == "cors_origin") {
            flag->join(',');
        }
    }
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::CallForHelp&) {
        return std::unexpected(ConfigExit{.status = 0, .text = app.help()});
    } catch (const CLI::CallForVersion&) {
        return std::unexpected(ConfigExit{.status = 0, .text = app.version() + "\n"});
    } catch (const CLI::ParseError& error) {
        return mistake(error.what());
    }
    for (auto& [key, value] : values) {
        if (app.get_option(flag_of(key))->count() > 0) {
            told[key] = std::move(value);
        }
    }
    return told;
}

/// What letters need of each other.
Applied check_mail(const ServerConfig& config) {
    const std::string& site = config.site_url;
    const auto part_of_url = [](char c) { return c > ' ' && c <= '~' && c != '#' && c != '?'; };
    if (!site.empty() && (!is_origin(site.substr(0, site.find('/', site.find("//") + 2))) ||
                          !std::ranges::all_of(site, part_of_url))) {
        return mistake(
            "--site-url: expected https://HOST or https://HOST/PATH, HOST in lower case");
    }
    if (!config.smtp_url.empty() && config.mail_from.empty()) {
        return mistake("--smtp-url needs --mail-from: whom letters come from");
    }
    if (config.smtp_user.empty() != config.smtp_password_file.empty()) {
        return mistake("--smtp-user and --smtp-password-file go together");
    }
    return {};
}

bool is_loopback(std::string_view address) {
    return address == "::1" || address.starts_with("127.");
}

/// Nothing leaves this machine but under TLS (SEC-10): the server's own, or a proxy's before it.
Applied check_listening(const ServerConfig& config) {
    const std::string& address = config.listen_address;
    if (config.metrics_enabled && !is_loopback(config.metrics_address)) {
        return mistake(std::format(
            "--metrics-address {} would speak plain HTTP to the network: give 127.0.0.1, and let "
            "what measures run on this machine, or reach it through a proxy that speaks TLS",
            config.metrics_address));
    }
    if (!is_loopback(address) && config.tls_certificate.empty() && config.trusted_proxies.empty()) {
        return mistake(
            std::format("--listen-address {} would speak plain HTTP to the network: give "
                        "--tls-certificate and --tls-key, or say in --trusted-proxies which "
                        "reverse proxy speaks TLS before it",
                        address));
    }
    return {};
}

Applied check_together(ServerConfig& config) {
    if (auto mail = check_mail(config); !mail) {
        return mail;
    }
    if (auto listening = check_listening(config); !listening) {
        return listening;
    }
    while (config.public_url.ends_with('/')) {
        config.public_url.pop_back();
    }
    if (!config.public_url.empty() && !is_origin(config.public_url)) { // an issuer, too (RFC 8414)
        return mistake("--public-url: expected https://HOST or https://HOST:PORT in lower case, "
                       "without a path, and without a port that goes without saying");
    }
    if (config.database_url.empty()) {
        return mistake(
            "no database: give --database-url, HAVEN_DATABASE_URL, or database_url in the file "
            "(./haven server starts one by itself)");
    }
    if (auto added = add_database_password(config); !added) {
        return mistake(added.error());
    }
    if (config.tls_certificate.empty() != config.tls_key.empty()) {
        return mistake("TLS needs both --tls-certificate and --tls-key");
    }
    if (config.body_memory_bytes < api::body_memory_bytes_default) {
        return mistake(std::format("--body-memory-bytes is {}, and less than {} has no room for "
                                   "the motion of a long drawing: a headset would wait with it "
                                   "for ever",
                                   config.body_memory_bytes, api::body_memory_bytes_default));
    }
    if (config.body_bytes_max > config.body_memory_bytes) {
        return mistake(
            std::format("--body-bytes-max ({}) is larger than --body-memory-bytes ({}): no "
                        "such body could ever be read",
                        config.body_bytes_max, config.body_memory_bytes));
    }
    if (config.mail_dir.empty()) {
        config.mail_dir = config.data_dir / "mail";
    }
    if (config.objects_dir.empty()) {
        config.objects_dir = config.data_dir / "objects";
    }
    if (config.master_key_file.empty()) {
        config.master_key_file = config.data_dir / "master.key";
    }
    return {};
}

} // namespace

std::expected<ServerConfig, ConfigExit> parse_config(std::span<const std::string> arguments,
                                                     const Environment& environment) {
    const auto flags = read_flags(arguments);
    if (!flags) {
        return std::unexpected(flags.error());
    }
    ServerConfig config;
    const auto file = flags->contains("config") ? flags->at("config") : environment("HAVEN_CONFIG");
    if (file) {
        if (auto applied = apply_file(config, *file); !applied) {
            return std::unexpected(applied.error());
        }
    }
    for (const Option& option : all_options()) {
        const std::string variable = variable_of(option.key);
        if (const auto value = environment(variable.c_str()); value && !value->empty()) {
            if (auto applied = apply(config, option, *value, variable); !applied) {
                return std::unexpected(applied.error());
            }
        }
    }
    for (const Option& option : all_options()) {
        if (const auto flag = flags->find(option.key); flag != flags->end()) {
            if (auto applied = apply(config, option, flag->second, flag_of(option.key)); !applied) {
                return std::unexpected(applied.error());
            }
        }
    }
    use_credentials(config, environment);
    if (auto checked = check_together(config); !checked) {
        return std::unexpected(checked.error());
    }
    return config;
}

std::expected<ServerConfig, ConfigExit> parse_config(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    return parse_config(arguments, [](const char* name) -> std::optional<std::string> {
        const char* value = std::getenv(name);
        return value == nullptr ? std::nullopt : std::optional<std::string>(value);
    });
}

} // namespace haven
