#include "net/outbox/owners.hpp"

#include "bilateral/stroke.hpp"
#include "net/outbox/database.hpp"
#include "net/outbox/outbox.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <format>
#include <optional>
#include <sodium/crypto_generichash.h>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace haven::outbox {

std::string describe(const Owner& owner) {
    constexpr std::size_t digits_told = 8; // the first ones are a time
    switch (owner.kind) {
    case OwnerKind::nobody_said:
        return "nobody has said whose";
    case OwnerKind::bearer:
        return "for whoever was logged in; no server has told yet who that is";
    case OwnerKind::account:
        break;
    }
    const auto end_of = [](const Uuid& id) {
        const std::string text = to_string(id);
        return text.substr(text.size() - digits_told);
    };
    return std::format("for account ...{} of server ...{}", end_of(owner.account.user_id),
                       end_of(owner.account.server_id));
}

namespace detail {
namespace {

std::span<const std::byte> bytes(const TokenPrint& print) {
    return print;
}

Result<std::int64_t> owner_of_account(Database& database, const Account& account) {
    return database.integer("SELECT coalesce((SELECT owner FROM owners WHERE server_id = ? AND "
                            "user_id = ?), -1)",
                            account.server_id, account.user_id);
}

/// Makes the owner "whoever bears this token", if the token is a new one.
Result<void> make_owner(Database& database, const TokenPrint& print) {
    const Result<std::int64_t> known = owner_of(database, print);
    if (!known || *known != nothing_yet) {
        return known.transform([](std::int64_t) {});
    }
    return database.run("INSERT INTO owners DEFAULT VALUES").and_then([&] {
        return database.run("INSERT INTO tokens (token_print, owner) VALUES (?, (SELECT "
                            "max(owner) FROM owners))",
                            bytes(print));
    });
}

std::optional<Account> account_in(const Row& row, int column) {
    if (row.is_null(column)) {
        return std::nullopt;
    }
    return Account{.server_id = row.uuid(column), .user_id = row.uuid(column + 1)};
}

Owner owner_in(const Row& row, int column) {
    const std::optional<Account> account = account_in(row, column + 1);
    return {.kind = account                         ? OwnerKind::account
                    : row.integer(column) == nobody ? OwnerKind::nobody_said
                                                    : OwnerKind::bearer,
            .account = account.value_or(Account{})};
}

} // namespace

Result<TokenPrint> print_of(Database& database, std::string_view token) {
    std::string salt;
    const auto keep = [&salt](const Row& row) { salt = row.text(0); };
    const Result<void> read = database.each("SELECT salt FROM salt", keep);
    if (!read) {
        return std::unexpected(read.error());
    }
    TokenPrint print{};
    crypto_generichash(reinterpret_cast<unsigned char*>(print.data()), print.size(),
                       reinterpret_cast<const unsigned char*>(token.data()), token.size(),
                       reinterpret_cast<const unsigned char*>(salt.data()), salt.size());
    return print;
}

Result<std::int64_t> owner_of(Database& database, const std::optional<TokenPrint>& print) {
    if (!print) {
        return nobody;
    }
    return database.integer("SELECT coalesce((SELECT owner FROM tokens WHERE token_print = ?), -1)",
                            bytes(*print));
}

Result<void> give(Database& database, const Uuid& drawing_id, const TokenPrint& print) {
    return make_owner(database, print).and_then([&] {
        return database.run("INSERT INTO belongs (drawing_id, owner) SELECT ?, owner FROM tokens "
                            "WHERE token_print = ? ON CONFLICT DO NOTHING",
                            drawing_id, bytes(print));
    });
}

Result<bool> is_identified(Database& database, const TokenPrint& print, const Account& account) {
    const Result<std::int64_t> of_account = owner_of_account(database, account);
    const Result<std::int64_t> of_token = owner_of(database, print);
    if (!of_account || !of_token) {
        return std::unexpected(!of_account ? of_account.error() : of_token.error());
    }
    return *of_account != nothing_yet && *of_account == *of_token;
}

Result<void> identify(Database& database, const TokenPrint& print, const Account& account) {
    const Result<std::int64_t> before = owner_of(database, print);
    if (!before) {
        return std::unexpected(before.error());
    }
    Result<void> done =
        database.run("INSERT INTO owners (server_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                     account.server_id, account.user_id);
    const Result<std::int64_t> owner = owner_of_account(database, account);
    if (!done || !owner) {
        return done ? std::unexpected(owner.error()) : done;
    }
    // What waited for a bearer nobody knew: now it is known who that is. An account's own stays
    // its own, whatever a server says of the token later.
    const Result<std::int64_t> was_unknown = database.integer(
        "SELECT count(*) FROM owners WHERE owner = ? AND server_id IS NULL", *before);
    if (!was_unknown) {
        return std::unexpected(was_unknown.error());
    }
    if (*was_unknown != 0) {
        done = database.run("UPDATE belongs SET owner = ?2 WHERE owner = ?1", *before, *owner)
                   .and_then([&] {
                       return database.run("UPDATE tokens SET owner = ?2 WHERE owner = ?1", *before,
                                           *owner);
                   })
                   .and_then(
                       [&] { return database.run("DELETE FROM owners WHERE owner = ?", *before); });
    }
    return done
        .and_then([&] {
            return database.run("INSERT INTO tokens (token_print, owner) VALUES (?, ?) ON CONFLICT "
                                "(token_print) DO UPDATE SET owner = excluded.owner",
                                bytes(print), *owner);
        })
        .and_then([&] { // the newest tokens, and those that something waits for
            return database.run(
                "DELETE FROM tokens WHERE rowid NOT IN (SELECT rowid FROM tokens ORDER BY rowid "
                "DESC LIMIT 64) AND owner NOT IN (SELECT owner FROM belongs)");
        })
        .and_then([&] {
            return database.run("DELETE FROM owners WHERE server_id IS NULL AND owner NOT IN "
                                "(SELECT owner FROM tokens UNION SELECT owner FROM belongs)");
        });
}

Result<void> claim(Database& database, const TokenPrint& print,
                   const std::optional<Uuid>& drawing_id) {
    // One that waits for a token that no server has seen is somebody's: it is named, or left.
    constexpr const char* of_nobody =
        "INSERT INTO belongs (drawing_id, owner) "
        "SELECT drawing_id, (SELECT owner FROM tokens WHERE token_print = ?1) FROM "
        "(SELECT drawing_id FROM drawings UNION SELECT drawing_id FROM requests) "
        "WHERE drawing_id NOT IN (SELECT drawing_id FROM belongs)";
    constexpr const char* of_one =
        "INSERT INTO belongs (drawing_id, owner) "
        "SELECT drawing_id, (SELECT owner FROM tokens WHERE token_print = ?1) FROM "
        "(SELECT drawing_id FROM drawings UNION SELECT drawing_id FROM requests) "
        "WHERE drawing_id = ?2 AND drawing_id NOT IN (SELECT drawing_id FROM belongs JOIN owners "
        "USING (owner) WHERE server_id IS NOT NULL) "
        "ON CONFLICT (drawing_id) DO UPDATE SET owner = excluded.owner";
    return make_owner(database, print).and_then([&] {
        return drawing_id ? database.run(of_one, bytes(print), *drawing_id)
                          : database.run(of_nobody, bytes(print));
    });
}

Result<void> forget_gone(Database& database) {
    return database.run(
        "DELETE FROM belongs WHERE NOT EXISTS (SELECT 1 FROM requests WHERE requests.drawing_id = "
        "belongs.drawing_id) AND NOT EXISTS (SELECT 1 FROM drawings WHERE drawings.drawing_id = "
        "belongs.drawing_id)");
}

Result<std::vector<KeptDrawing>> kept_drawings(Database& database) {
    std::vector<KeptDrawing> kept;
    const auto keep = [&kept](const Row& row) {
        kept.push_back({.drawing_id = row.uuid(0),
                        .owner = owner_in(row, 1),
                        .open = row.integer(4) != 0,
                        .requests = row.integer(5),
                        .refused = row.integer(6),
                        .reason = row.text(7)});
    };
    return database
        .each("SELECT kept.drawing_id, coalesce(belongs.owner, 0), server_id, user_id, "
              "(SELECT count(*) FROM drawings WHERE drawings.drawing_id = kept.drawing_id), "
              "(SELECT count(*) FROM requests WHERE requests.drawing_id = kept.drawing_id), "
              "(SELECT count(*) FROM requests WHERE requests.drawing_id = kept.drawing_id "
              "AND state = 'refused'), "
              "coalesce((SELECT last_error FROM requests WHERE requests.drawing_id = "
              "kept.drawing_id AND last_error <> '' ORDER BY sequence LIMIT 1), '') "
              "FROM (SELECT drawing_id FROM drawings UNION SELECT drawing_id FROM requests) AS "
              "kept LEFT JOIN belongs USING (drawing_id) LEFT JOIN owners USING (owner) "
              "ORDER BY kept.drawing_id",
              keep)
        .transform([&kept] { return std::move(kept); });
}

Result<std::vector<Waiting>> waiting(Database& database, std::int64_t mine) {
    std::vector<Waiting> others;
    const auto keep = [&others](const Row& row) {
        others.push_back({.owner = owner_in(row, 0), .drawings = row.integer(3)});
    };
    return database
        .each("SELECT coalesce(belongs.owner, 0) AS owner_or_nobody, server_id, user_id, count(*) "
              "FROM (SELECT drawing_id FROM drawings UNION SELECT drawing_id FROM requests) "
              "LEFT JOIN belongs USING (drawing_id) LEFT JOIN owners USING (owner) "
              "WHERE coalesce(belongs.owner, 0) <> ?1 GROUP BY owner_or_nobody ORDER BY "
              "owner_or_nobody",
              keep, mine)
        .transform([&others] { return std::move(others); });
}

} // namespace detail
} // namespace haven::outbox
