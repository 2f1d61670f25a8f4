#include "server/seal/commands.hpp"

#include "bilateral/stroke.hpp"
#include "server/accounts/rules.hpp"
#include "server/clinicians/command_line.hpp"
#include "server/config.hpp"
#include "server/seal/check_keys.hpp"
#include "server/seal/master_key.hpp"
#include "server/seal/seal.hpp"
#include "server/seal/words.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"
#include "server/store/statement.hpp"

#include <haven/sql_seal.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <print>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::commands {

const std::string_view master_key_usage =
    R"(usage: haven-server exchange-master-key --new FILE [OPTIONS]

Wraps anew, under the master key in FILE, which is made where it does not exist, all that is wrapped
under the one in --master-key-file: the keys of people, second factors, the secrets of webhooks.
What they open stays as it is. 500 at a time, each read back under the new key alone; where it was
interrupted it is run again. At its end the database knows the new key alone, and the old file is
of use for older backups only.
Servers that run meanwhile need both: --master-key-file FILE --master-key-other-file OLD. Where
there are several, restart each first with the two the other way round, so that all know both.
OPTIONS are those of the server that say where its database and its master key are:
--database-url, --master-key-file, --data-dir, --config.
)";

const std::string_view person_keys_usage =
    R"(usage: haven-server exchange-person-keys --email ADDRESS [OPTIONS]
       haven-server exchange-person-keys --of everybody [OPTIONS]

What the person with ADDRESS, or everybody, writes from now on is sealed under a new key of theirs.
What is sealed stays under the key it has, which is kept, until it is written anew. Prints how many.
OPTIONS are those of the server that say where its database is: --database-url, --config.
)";

const std::string_view seal_words_usage =
    R"(usage: haven-server seal-words [OPTIONS]

Seals the words of reflections and intents that an older server kept in clear, each under its
person's key, 500 at a time; where it was interrupted it is run again. Servers may run meanwhile.
Backups of before, and PostgreSQL's pages until it reuses them (VACUUM FULL), still hold them.
OPTIONS are those of the server that say where its database and its master key are:
--database-url, --master-key-file, --data-dir, --config.
)";

namespace {

using Failure = std::unexpected<std::string>;
using Done = std::expected<void, std::string>;

/// What is wrapped under the master key, in one kind of row.
struct Kind {
    std::string_view name;
    const store::Statement& take;
    const store::Statement& wrap;
};

const std::array<Kind, 4>& kinds() {
    static const std::array<Kind, 4> all{
        Kind{"keys of people", sql::seal::command_take_user_keys,
             sql::seal::command_wrap_user_keys},
        Kind{"second factors", sql::seal::command_take_factors, sql::seal::command_wrap_factors},
        Kind{"secrets of webhooks", sql::seal::command_take_webhooks,
             sql::seal::command_wrap_webhooks},
        Kind{"older secrets of webhooks", sql::seal::command_take_older_webhooks,
             sql::seal::command_wrap_older_webhooks}};
    return all;
}

struct Keys {
    seal::Seal all;       ///< the new one wraps, the old one opens
    seal::Seal new_alone; ///< reads back
};

Done exchange_one(store::Connection& database, const Kind& kind, const Keys& keys,
                  const store::Row& row) {
    const Uuid id = row.get<Uuid>("id");
    const Uuid bound_to = row.get<Uuid>("bound_to");
    const auto key = keys.all.unwrap(id, bound_to, row.get<std::span<const std::byte>>("wrapped"));
    if (!key) {
        return Failure(std::format("{}: {}", kind.name, key.error().message));
    }
    const auto wrapped = keys.all.wrap(*key);
    const auto written = database.query(kind.wrap.sql, keys.all.master_key(), id,
                                        std::span<const std::byte>(wrapped));
    if (!written) {
        return Failure(store::describe(written.error()));
    }
    const auto again = keys.new_alone.unwrap(
        id, bound_to, written->front().get<std::span<const std::byte>>("wrapped"));
    return again && again->secret == key->secret
               ? Done()
               : Failure(std::format("{}: {} is not read back as it was written", kind.name,
                                     to_string(id)));
}

/// One step, durably: how many.
std::expected<std::size_t, std::string> exchange_some(const ServerConfig& config, const Kind& kind,
                                                      const Keys& keys) {
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    const auto rows = database->query(kind.take.sql, keys.all.master_key());
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    for (const store::Row row : *rows) {
        if (auto done = exchange_one(*database, kind, keys, row); !done) {
            return Failure(done.error());
        }
    }
    if (const auto done = database->execute("COMMIT"); !done) {
        return Failure(store::describe(done.error()));
    }
    return rows->size();
}

Done exchange_all(const ServerConfig& config, const Keys& keys) {
    for (const Kind& kind : kinds()) {
        std::size_t done = 0;
        for (;;) {
            const auto some = exchange_some(config, kind, keys);
            if (!some) {
                return Failure(some.error());
            }
            done += *some;
            if (*some == 0) {
                break;
            }
            std::println("{}: {}", kind.name, done);
            std::fflush(stdout);
        }
    }
    return {};
}

std::expected<Keys, std::string> open_keys(const Told& told, const ServerConfig& config) {
    const std::filesystem::path file = told.text("--new");
    if (file.empty()) {
        return Failure("--new wants the file of the new master key");
    }
    std::vector<std::filesystem::path> others{config.master_key_file};
    if (!config.master_key_other_file.empty()) {
        others.push_back(config.master_key_other_file);
    }
    for (const std::filesystem::path& other : others) { // before a new one is made
        if (auto read = seal::read_master_key(other); !read && other != file) {
            return Failure(read.error());
        }
    }
    auto all = seal::Seal::open(file, others);
    if (!all) {
        return Failure(all.error());
    }
    auto alone = seal::Seal::open(file);
    if (!alone) {
        return Failure(alone.error());
    }
    return Keys{.all = std::move(*all), .new_alone = std::move(*alone)};
}

/// A kind of row whose words an older server kept in clear.
struct Words {
    std::string_view name;
    const seal::Wordy& kind;
    const store::Statement& take;
    const store::Statement& keep;
};

const std::array<Words, 2>& kinds_of_words() {
    static const std::array<Words, 2> all{
        Words{"reflections", seal::reflection_words, sql::seal::command_take_reflections,
              sql::seal::command_seal_reflections},
        Words{"intents", seal::intent_words, sql::seal::command_take_intents,
              sql::seal::command_seal_intents}};
    return all;
}

std::expected<seal::DataKey, std::string> key_of(store::Connection& database,
                                                 const seal::Seal& seal, const Uuid& person) {
    const seal::DataKey made = seal::Seal::make_key(person);
    const auto wrapped = seal.wrap(made);
    const auto kept = database.query(sql::seal::add_user_key.sql, made.id, person,
                                     std::span<const std::byte>(wrapped), seal.master_key());
    if (!kept) {
        return Failure(store::describe(kept.error()));
    }
    const store::Row row = kept->front();
    auto key = seal.unwrap(row.get<Uuid>("id"), person,
                           row.get<std::span<const std::byte>>("wrapped_key"));
    if (!key) {
        return Failure(key.error().message);
    }
    return std::move(*key);
}

Done seal_one(store::Connection& database, const Words& words, const seal::Seal& seal,
              const store::Row& row) {
    const Uuid id = row.get<Uuid>("id");
    const auto key = key_of(database, seal, row.get<Uuid>("user_id"));
    if (!key) {
        return Failure(key.error());
    }
    const std::string text = seal::words_of(words.kind, row.get<std::string_view>("words"));
    const auto done =
        database.query(words.keep.sql, id, seal::sealed_words(*key, words.kind, id, text), key->id);
    return done ? Done() : Failure(store::describe(done.error()));
}

std::expected<std::size_t, std::string> seal_some(const ServerConfig& config, const Words& words,
                                                  const seal::Seal& seal) {
    auto database = open_database(config);
    if (!database) {
        return Failure(database.error());
    }
    const auto rows = database->query(words.take.sql);
    if (!rows) {
        return Failure(store::describe(rows.error()));
    }
    for (const store::Row row : *rows) {
        if (auto done = seal_one(*database, words, seal, row); !done) {
            return Failure(done.error());
        }
    }
    if (const auto done = database->execute("COMMIT"); !done) {
        return Failure(store::describe(done.error()));
    }
    return rows->size();
}

} // namespace

Done seal_words(const Told& /*told*/, const ServerConfig& config) {
    if (auto opened = open_database(config); !opened) { // its schema is up to date
        return Failure(opened.error());
    }
    if (auto read = seal::read_master_key(config.master_key_file); !read) {
        return Failure(read.error());
    }
    std::vector<std::filesystem::path> others;
    if (!config.master_key_other_file.empty()) {
        others.push_back(config.master_key_other_file);
    }
    auto seal = seal::Seal::open(config.master_key_file, others);
    if (!seal) {
        return Failure(seal.error());
    }
    if (auto known = seal::check_keys(config.database_url, *seal); !known) {
        return known;
    }
    for (const Words& words : kinds_of_words()) {
        std::size_t done = 0;
        for (std::size_t some = 1; some > 0;) {
            const auto sealed = seal_some(config, words, *seal);
            if (!sealed) {
                return Failure(sealed.error());
            }
            some = *sealed;
            done += some;
        }
        std::println("{}: {}", words.name, done);
    }
    return {};
}

Done exchange_master_key(const Told& told, const ServerConfig& config) {
    auto keys = open_keys(told, config);
    if (!keys) {
        return Failure(keys.error());
    }
    if (auto opened = open_database(config); !opened) { // its schema is up to date
        return Failure(opened.error());
    }
    if (auto known = seal::check_keys(config.database_url, keys->all); !known) {
        return known;
    }
    // A server that knows both may wrap something under the old one meanwhile: then once more.
    constexpr int rounds_max = 5;
    for (int round = 1;; ++round) {
        if (auto done = exchange_all(config, *keys); !done) {
            return done;
        }
        auto database = open_database(config);
        if (!database) {
            return Failure(database.error());
        }
        const auto forgotten =
            database->query(sql::seal::command_forget_master_keys.sql, keys->all.master_key());
        if (!forgotten && forgotten.error().sqlstate == "23503" && round < rounds_max) {
            continue;
        }
        if (!forgotten) {
            return Failure(store::describe(forgotten.error()));
        }
        if (const auto done = database->execute("COMMIT"); !done) {
            return Failure(store::describe(done.error()));
        }
        std::println("all is wrapped under {}", told.text("--new"));
        return {};
    }
}

Done exchange_person_keys(const Told& told, const ServerConfig& config) {
    const std::string email = accounts::normal_email(told.text("--email"));
    const std::string of = told.text("--of");
    if (email.empty() == of.empty() || (!of.empty() && of != "everybody")) {
        return Failure("--email ADDRESS or --of everybody: whose keys are exchanged");
    }
    const auto whose = email.empty() ? std::nullopt : std::optional<std::string>(email);
    const std::string now = std::to_string(
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count());
    std::int64_t retired = 0;
    for (;;) {
        auto database = open_database(config);
        if (!database) {
            return Failure(database.error());
        }
        const auto some = database->query(sql::seal::command_retire_keys.sql, whose,
                                          accounts::older_email(email), now);
        if (!some) {
            return Failure(store::describe(some.error()));
        }
        if (const auto done = database->execute("COMMIT"); !done) {
            return Failure(store::describe(done.error()));
        }
        const store::Row row = some->front();
        if (!row.get<bool>("known")) {
            return Failure("nobody has the address " + email);
        }
        const auto count = row.get<std::int64_t>("retired");
        if (count == 0) {
            break;
        }
        retired += count;
    }
    std::println("{}", retired);
    return {};
}

} // namespace haven::commands
