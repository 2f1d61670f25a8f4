#include "server/seal/check_keys.hpp"

#include "bilateral/stroke.hpp"
#include "server/seal/seal.hpp"
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <haven/sql_seal.hpp>
#include <haven/sql_store.hpp>

#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace haven::seal {

namespace {

using Done = std::expected<void, std::string>;

constexpr std::string_view not_the_one =
    "the master key is not the one that this database's keys are wrapped under: give the file it "
    "was started with before (--master-key-file), or restore it from its backup. While keys are "
    "exchanged both are needed: --master-key-file NEW --master-key-other-file OLD";

Done failed(const store::DbError& error) {
    return std::unexpected(store::describe(error));
}

/// Of servers that start at once on an empty database the first says which key is the one.
Done be_the_first(store::Connection& connection, const Seal& seal) {
    const auto newest = connection.query(sql::seal::newest_key.sql);
    if (!newest) {
        return failed(newest.error());
    }
    for (const store::Row row : *newest) {
        if (!seal.unwrap(row.get<Uuid>("id"), row.get<Uuid>("user_id"),
                         row.get<std::span<const std::byte>>("wrapped_key"))) {
            return std::unexpected(std::string(not_the_one));
        }
    }
    const auto added = connection.query(sql::seal::add_first_master_key.sql, seal.master_key());
    if (!added) {
        return failed(added.error());
    }
    const auto named = connection.query(sql::seal::name_master_key.sql, seal.master_key());
    return named ? Done() : failed(named.error());
}

Done be_known(store::Connection& connection, Seal& seal) {
    const auto listed = connection.query(sql::seal::list_master_keys.sql);
    if (!listed) {
        return failed(listed.error());
    }
    if (listed->empty()) {
        return be_the_first(connection, seal);
    }
    bool is_listed = false;
    for (const store::Row row : *listed) {
        const auto name = row.get<std::string_view>("check_value");
        const auto hash_key =
            row.get<std::optional<std::span<const std::byte>>>("wrapped_hash_key");
        if (!seal.use_hash_key(name, hash_key)) {
            return std::unexpected(std::string(not_the_one));
        }
        is_listed = is_listed || name == seal.master_key();
    }
    if (is_listed) {
        return {};
    }
    const auto wrapped = seal.wrapped_hash_key();
    const auto added = connection.query(sql::seal::add_master_key.sql, seal.master_key(),
                                        std::span<const std::byte>(wrapped));
    return added ? Done() : failed(added.error());
}

} // namespace

Done check_keys(const std::string& database_url, Seal& seal) {
    auto connection = store::Connection::open(database_url);
    if (!connection) {
        return failed(connection.error());
    }
    // In one transaction, whose end takes the role back.
    if (auto begun = connection->execute("BEGIN"); !begun) {
        return failed(begun.error());
    }
    const auto entered =
        connection->query(sql::store::enter.sql, "job", std::optional<Uuid>{}, nullptr, "0");
    const auto locked = connection->query(sql::seal::lock_master_keys.sql);
    if (!entered || !locked) {
        return failed(entered ? locked.error() : entered.error());
    }
    if (auto known = be_known(*connection, seal); !known) {
        return known;
    }
    const auto done = connection->execute("COMMIT");
    return done ? Done() : failed(done.error());
}

} // namespace haven::seal
