#include "server/clinicians/commands.hpp"

#include "bilateral/stroke.hpp"
#include "server/accounts/rules.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/auth/password.hpp"
#include "server/auth/scopes.hpp"
#include "server/auth/token.hpp"
#include "server/clinicians/command_line.hpp"
#include "server/config.hpp"
#include "server/consents/command.hpp"
#include "server/seal/commands.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/migrations.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"
#include "server/store/transport.hpp"
#include "server/text/text.hpp"

#include <haven/sql_accounts.hpp>
#include <haven/sql_auth.hpp>
#include <haven/sql_clinicians.hpp>
#include <haven/sql_store.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <expected>
#include <format>
#include <iostream>
#include <memory>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <termios.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace haven::commands {
namespace {

constexpr std::string_view clinician_usage =
    R"(usage: haven-server add-clinician --email ADDRESS --name NAME [--role ROLE]
       [--language LANGUAGE] [OPTIONS]

Makes a clinician who can log in. ROLE is reviewer (the default), senior or supervisor; letters to
them are in LANGUAGE: en (the default), de, es or fr.
The password is asked for on a terminal, or is the first line of the standard input; it is
never an argument.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view password_usage =
    R"(usage: haven-server reset-password --email ADDRESS [OPTIONS]

Gives the clinician ADDRESS another password, and ends every token and the second factor they
have. The password is asked for on a terminal, or is the first line of the standard input; it is
never an argument.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view factors_usage =
    R"(usage: haven-server reset-factors --email ADDRESS [OPTIONS]

Ends the second factor and every token of the clinician ADDRESS, who has lost authenticator and
recovery codes; a letter tells them. Their next log-in, with the password, may enrol another
authenticator and nothing else. Make sure first that it is they who ask. Where another supervisor
is there, they do it: DELETE /v1/clinicians/{id}/factors.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view ends_usage =
    R"(usage: haven-server end-log-ins --email ADDRESS [OPTIONS]
       haven-server end-log-ins --of everybody [OPTIONS]

Every log-in ends of the people and clinicians with ADDRESS, or of all of them: browsers, programs
and headsets; whoever it was logs in anew. Services go on: suspend-service. Prints how many ended.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view service_usage =
    R"(usage: haven-server add-service NAME --scope SCOPE [--scope SCOPE ...] [--expires DAYS]
       [OPTIONS]

Makes the service NAME (small letters, digits, - and _), and a token for it that is good for DAYS
(90, which is the most). The token is printed once and kept nowhere. What the service may do are
its scopes: sessions, consents, screenings, agents, prompts, speech, notifications, analytics.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view rotate_usage =
    R"(usage: haven-server rotate-service NAME [--expires DAYS] [--overlap HOURS] [OPTIONS]

A new token for the service NAME, good for DAYS (90, which is the most), printed once. Those it has
are good for HOURS more (0), so that its program has time to take the new one.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view status_usage =
    R"(usage: haven-server suspend-service NAME [OPTIONS]
       haven-server resume-service NAME [OPTIONS]

The tokens of a service that is suspended are none, from now on, until it is resumed.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view list_usage =
    R"(usage: haven-server list-services [OPTIONS]

A line for each: its name, its status, until when its tokens are good, its scopes.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view verify_usage =
    R"(usage: haven-server verify-email ADDRESS [OPTIONS]

Makes the account that was asked for last with ADDRESS, as the code in its letter would: for a
clinic without mail. Ask the person first whether the address is theirs.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

constexpr std::string_view migrate_usage =
    R"(usage: haven-server migrate [--server-role ROLE] [OPTIONS]

Brings the schema of the database up to date, as the role that owns it and may change it. Servers
that run go on meanwhile. With --server-role, ROLE may then serve (`--migrate off`): it acts as
haven_app, and can change nothing of the schema.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

using Failure = std::unexpected<std::string>;

/// These say something by being there.
constexpr std::array<std::string_view, 2> without_value{"--asks-anew", "--yes"};

std::expected<Told, std::string> read_flags(std::span<const std::string> arguments,
                                            std::span<const std::string_view> own) {
    Told told;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        const std::string name = argument.substr(0, argument.find('='));
        if (!std::ranges::contains(own, name)) {
            told.others.push_back(argument);
            continue;
        }
        if (std::ranges::contains(without_value, argument)) {
            told.flags[name] = "yes";
            continue;
        }
        const bool joined = name.size() < argument.size();
        if (!joined && ++i == arguments.size()) {
            return Failure(name + " wants a value after it");
        }
        const std::string value = joined ? argument.substr(name.size() + 1) : arguments[i];
        std::string& flag = told.flags[name];
        const char between = name == "--scope" ? ' ' : name == "--text" ? '\n' : '\0';
        flag = between != '\0' && !flag.empty() ? flag + between + value : value;
    }
    return told;
}

/// Does not show what is typed while it lives.
class Silence {
  public:
    Silence() {
        if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
            termios silent = before_;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            was_loud_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
        }
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() {
        if (was_loud_) {
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
            static_cast<void>(std::fputs("\n", stderr));
        }
    }

  private:
    termios before_{};
    bool was_loud_ = false;
};

std::expected<std::string, std::string> read_line(std::string_view prompt) {
    std::optional<Silence> silence;
    if (::isatty(STDIN_FILENO) != 0) {
        std::print(stderr, "{}: ", prompt);
        silence.emplace();
    }
    std::string line;
    if (!std::getline(std::cin, line)) {
        return Failure("no password came on the standard input");
    }
    return line;
}

std::expected<std::string, std::string> read_password() {
    auto password = read_line("password");
    if (!password || ::isatty(STDIN_FILENO) == 0) {
        return password;
    }
    const auto again = read_line("the same again");
    if (!again) {
        return again;
    }
    return *again == *password ? password : Failure("the two passwords differ");
}

/// Runs a statement, durably: what it gave.
template <typename... P>
std::expected<store::Rows, std::string> write(const ServerConfig& config,
                                              const store::Statement& statement, P&&... params) {
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    store::Outcome<store::Rows> rows = database->query(statement.sql, std::forward<P>(params)...);
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    if (const auto done = database->execute("COMMIT"); !done) {
        return Failure(store::describe(done.error()));
    }
    return std::move(*rows);
}

/// The same of a statement of one row: its id, nothing where it gave no row.
template <typename... P>
std::expected<std::optional<Uuid>, std::string>
write_row(const ServerConfig& config, const store::Statement& statement, P&&... params) {
    const std::expected<store::Rows, std::string> rows =
        write(config, statement, std::forward<P>(params)...);
    if (!rows) {
        return Failure(rows.error());
    }
    return rows->empty() ? std::nullopt : std::optional(rows->front().get<Uuid>("id"));
}

std::expected<std::string, std::string>
hash_of_password(const std::string& email, const ServerConfig& config, std::string_view name = {}) {
    const auto password = read_password();
    if (!password) {
        return Failure(password.error());
    }
    if (const auto good = auth::check_password(
            *password, {.email = email, .name = name, .site_url = config.site_url});
        !good) {
        return Failure("the password: " + good.error().detail);
    }
    std::unique_ptr<auth::BreachedPasswords> breached;
    if (!config.breached_passwords.empty()) {
        auto list = auth::BreachedPasswords::open(config.breached_passwords);
        if (!list) {
            return Failure("--breached-passwords: " + list.error());
        }
        breached = std::move(*list);
    }
    auto hash = auth::hash_new_password(*password, breached.get());
    if (!hash) {
        const auth::NotHashed& why = hash.error();
        return Failure(why.refused ? "the password: " + why.refused->detail : why.failure);
    }
    return std::move(*hash);
}

std::expected<void, std::string> add_clinician(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.text("--email"));
    const std::string name = told.text("--name");
    const std::string role = told.text("--role", "reviewer");
    if (!text::address_of(email) || email.size() > 255) {
        return Failure("--email wants an e-mail address");
    }
    if (!text::name_of(name)) {
        return Failure("--name " + std::string(text::name_rule));
    }
    if (name.empty() || name.size() > 255) {
        return Failure("--name wants the clinician's name");
    }
    constexpr std::array<std::string_view, 3> roles{"reviewer", "senior", "supervisor"};
    if (!std::ranges::contains(roles, role)) {
        return Failure("--role is one of reviewer, senior, supervisor");
    }
    constexpr std::array<std::string_view, 4> languages{"en", "de", "es", "fr"};
    const std::string language = told.text("--language", "en");
    if (!std::ranges::contains(languages, language)) {
        return Failure("--language is one of en, de, es, fr");
    }
    const auto hash = hash_of_password(email, config, name);
    if (!hash) {
        return Failure(hash.error());
    }
    const auto id = write_row(config, sql::clinicians::add_clinician, email, *text::name_of(name),
                              role, *hash, accounts::older_email(email), language);
    if (!id) {
        return Failure(id.error());
    }
    if (!*id) {
        return Failure(email + " is a clinician already");
    }
    std::println("{} {} {}", to_string(**id), role, email);
    return {};
}

/// Says whose row it was.
std::expected<void, std::string> tell_whose(const auto& id, const std::string& email) {
    if (!id) {
        return Failure(id.error());
    }
    if (!*id) {
        return Failure("no clinician has the address " + email);
    }
    std::println("{} {}", to_string(**id), email);
    return {};
}

std::expected<void, std::string> reset_password(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.text("--email"));
    if (email.empty()) {
        return Failure("--email wants the clinician's e-mail address");
    }
    const auto hash = hash_of_password(email, config);
    if (!hash) {
        return Failure(hash.error());
    }
    return tell_whose(write_row(config, sql::clinicians::command_password, email, *hash,
                                accounts::older_email(email)),
                      email);
}

std::expected<void, std::string> reset_factors(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.text("--email"));
    return tell_whose(
        write_row(config, sql::clinicians::command_factors, email, accounts::older_email(email)),
        email);
}

std::expected<void, std::string> end_log_ins(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.text("--email"));
    const std::string of = told.text("--of");
    if (email.empty() == of.empty() || (!of.empty() && of != "everybody")) {
        return Failure("--email ADDRESS or --of everybody: whose log-ins end");
    }
    const auto ended = write(
        config, sql::auth::command_end_log_ins,
        email.empty() ? std::nullopt : std::optional<std::string>(email),
        email.empty() ? std::nullopt : std::optional<std::string>(accounts::older_email(email)));
    if (!ended) {
        return Failure(ended.error());
    }
    if (!email.empty() && !ended->front().get<bool>("known")) {
        return Failure("nobody has the address " + email);
    }
    std::println("{}", ended->front().get<std::int64_t>("ended"));
    return {};
}

std::expected<void, std::string> verify_email(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.word(0));
    const auto id = write_row(config, sql::accounts::confirm_address, email);
    if (!id) {
        return Failure(id.error());
    }
    if (!*id) {
        return Failure("nobody waits for an account with the address " + email);
    }
    std::println("{} {}", to_string(**id), email);
    return {};
}

std::expected<int, std::string> number_of(const Told& told, std::string_view flag,
                                          std::string_view otherwise, int least, int most) {
    const std::string text = told.text(flag, otherwise);
    int number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || number < least ||
        number > most) {
        return Failure(std::format("{} wants a whole number from {} to {}", flag, least, most));
    }
    return number;
}

std::expected<void, std::string> add_service(const Told& told, const ServerConfig& config) {
    const std::string name = told.word(0);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (name.empty() || name.size() > 50 || name.front() < 'a' || name.front() > 'z' ||
        !std::ranges::all_of(name, fits)) {
        return Failure("a service's name is a small letter, then small letters, digits, - and _");
    }
    const auto days = number_of(told, "--expires", "90", 1, 90);
    if (!days) {
        return Failure(days.error());
    }
    const std::string named = told.text("--scope");
    const auth::Scopes scopes = auth::parse_scopes(named);
    if (scopes == 0 || (scopes & ~auth::scope::of_service) != 0 ||
        std::ranges::count(named, ' ') + 1 != std::popcount(scopes)) {
        return Failure("--scope wants one of " + auth::to_string(auth::scope::of_service) +
                       ", and may come several times");
    }
    const auth::Token token = auth::make_token();
    const auto id = write_row(config, sql::auth::command_add_service, name, auth::to_string(scopes),
                              std::span<const std::byte>(token.hash), *days);
    if (!id) {
        return Failure(id.error());
    }
    if (!*id) {
        return Failure("there is a service " + name + ": rotate-service makes another token");
    }
    std::println("{}", token.text);
    return {};
}

std::expected<void, std::string> rotate_service(const Told& told, const ServerConfig& config) {
    const auto days = number_of(told, "--expires", "90", 1, 90);
    const auto hours = number_of(told, "--overlap", "0", 0, 24 * 30);
    if (!days || !hours) {
        return Failure(days ? hours.error() : days.error());
    }
    const std::string name = told.word(0);
    const auth::Token token = auth::make_token();
    const auto id = write_row(config, sql::auth::command_rotate_service, name,
                              std::span<const std::byte>(token.hash), *days, *hours);
    if (!id) {
        return Failure(id.error());
    }
    if (!*id) {
        return Failure("there is no service " + name + ", or it is suspended");
    }
    std::println("{}", token.text);
    return {};
}

std::expected<void, std::string> set_service_status(const Told& told, const ServerConfig& config,
                                                    std::string_view status) {
    const std::string name = told.word(0);
    const auto id = write_row(config, sql::auth::command_service_status, name, status);
    if (!id) {
        return Failure(id.error());
    }
    return *id ? std::expected<void, std::string>() : Failure("there is no service " + name);
}

std::expected<void, std::string> suspend_service(const Told& told, const ServerConfig& config) {
    return set_service_status(told, config, "suspended");
}

std::expected<void, std::string> resume_service(const Told& told, const ServerConfig& config) {
    return set_service_status(told, config, "active");
}

std::expected<void, std::string> list_services(const Told& /*told*/, const ServerConfig& config) {
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    const store::Outcome<store::Rows> rows = database->query(sql::auth::command_list_services.sql);
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    for (const store::Row row : *rows) {
        std::println("{} {} {} {}", row.get<std::string_view>("name"),
                     row.get<std::string_view>("status"), row.get<std::string_view>("expires_at"),
                     row.get<std::string_view>("scopes"));
    }
    return {};
}

std::expected<void, std::string> migrate(const Told& told, const ServerConfig& config) {
    const auto report = store::migrate(config.database_url, told.text("--server-role"));
    if (!report) {
        return Failure(report.error());
    }
    std::println("schema {} ({} applied now)", report->version, report->applied.size());
    return {};
}

struct Command {
    std::string_view name;
    std::string_view usage;
    std::vector<std::string_view> flags;
    std::expected<void, std::string> (*run)(const Told&, const ServerConfig&);
    std::size_t words_max = 0;
};

int fail(const Command& command, std::string_view what) {
    std::println(stderr, "haven-server {}: {}", command.name, what);
    return 1;
}

int run_command(const Command& command, std::span<const std::string> arguments) {
    if (std::ranges::contains(arguments, "--help") || std::ranges::contains(arguments, "-h")) {
        std::print("{}", command.usage);
        return 0;
    }
    std::vector<std::string> words;
    while (words.size() < command.words_max && !arguments.empty() &&
           !arguments[0].starts_with('-')) {
        words.push_back(arguments[0]);
        arguments = arguments.subspan(1);
    }
    auto told = read_flags(arguments, command.flags);
    if (!told) {
        return fail(command, told.error());
    }
    told->words = std::move(words);
    const auto config =
        parse_config(told->others, [](const char* name) -> std::optional<std::string> {
            const char* value = std::getenv(name);
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
        });
    if (!config) {
        std::println(stderr, "{}", config.error().text);
        return config.error().status == 0 ? 2 : config.error().status;
    }
    if (!auth::init()) {
        return fail(command, "libsodium cannot start on this machine");
    }
    if (const auto safe = store::check_transport(config->database_url); !safe) {
        return fail(command, safe.error());
    }
    const auto done = command.run(*told, *config);
    return done ? 0 : fail(command, done.error());
}

} // namespace

std::expected<store::Connection, std::string> open_database(const ServerConfig& config) {
    const std::string& url = config.database_url;
    if (const auto migrated =
            config.migrate_enabled
                ? store::migrate(url)
                : std::expected<store::MigrationReport, std::string>(store::MigrationReport{});
        !migrated) {
        return Failure(migrated.error());
    }
    auto connection = store::Connection::open(url);
    if (!connection) {
        return Failure(store::describe(connection.error()));
    }
    if (const auto begun = connection->execute("BEGIN"); !begun) {
        return Failure(store::describe(begun.error()));
    }
    const auto entered = connection->query(sql::store::enter.sql, "job", nullptr, nullptr, "0");
    if (!entered) {
        return Failure(store::describe(entered.error()));
    }
    return std::move(*connection);
}

std::optional<int> run(std::span<const std::string> arguments) {
    static const std::array<Command, 15> commands{
        Command{"add-clinician",
                clinician_usage,
                {"--email", "--name", "--role", "--language"},
                add_clinician},
        Command{"reset-password", password_usage, {"--email"}, reset_password},
        Command{"reset-factors", factors_usage, {"--email"}, reset_factors},
        Command{"end-log-ins", ends_usage, {"--email", "--of"}, end_log_ins},
        Command{"add-service", service_usage, {"--scope", "--expires"}, add_service, 1},
        Command{"rotate-service", rotate_usage, {"--expires", "--overlap"}, rotate_service, 1},
        Command{"suspend-service", status_usage, {}, suspend_service, 1},
        Command{"resume-service", status_usage, {}, resume_service, 1},
        Command{"list-services", list_usage, {}, list_services},
        Command{"verify-email", verify_usage, {}, verify_email, 1},
        Command{"consent-text",
                consent_text_usage,
                {"--text", "--valid-from", "--asks-anew", "--renew-by", "--yes"},
                consent_text,
                3},
        Command{"exchange-master-key", master_key_usage, {"--new"}, exchange_master_key},
        Command{
            "exchange-person-keys", person_keys_usage, {"--email", "--of"}, exchange_person_keys},
        Command{"seal-words", seal_words_usage, {}, seal_words},
        Command{"migrate", migrate_usage, {"--server-role"}, migrate}};
    const auto found = std::ranges::find(
        commands, arguments.empty() ? std::string_view{} : std::string_view(arguments.front()),
        &Command::name);
    if (found == commands.end()) {
        return std::nullopt;
    }
    return run_command(*found, arguments.subspan(1));
}

} // namespace haven::commands
