#pragma once

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/seal/seal.hpp"
#include "server/store/database.hpp"
#include "server/store/db_error.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace haven::accounts {

/// Who may try a password or make an account now, counted by all servers of the database together
/// (routines/attempts.sql). What succeeds does not count. An account is also limited wherever the
/// attempts come from, but not for a network from which its owner has logged in: whoever guesses
/// from elsewhere locks nobody out. What cannot be counted is not tried: 503. One thread.
class Attempts {
  public:
    using Clock = http::RateLimit::Clock;

    struct Rules {
        std::size_t of_account_from_network =
            10;                                 ///< a minute, then two, up to a quarter of an hour
        std::size_t of_network = 50;            ///< a minute
        std::size_t of_account = 30;            ///< a minute, then two, up to a quarter of an hour
        std::size_t in_all = 3000;              ///< a minute
        std::size_t accounts_of_network = 1000; ///< made in an hour
        std::size_t passwords_of_token = 10;    ///< a minute, of who is logged in already
    };

    /// A connection of its own, so that those who knock stand in a line of their own.
    Attempts(store::Database& database, const seal::Seal& seal)
        : Attempts(database, seal, Rules{}) {}
    Attempts(store::Database& database, const seal::Seal& seal, const Rules& rules)
        : database_(database), seal_(seal), rules_(rules) {}

    /// Counts one attempt; nothing if it may go on. `account` names one, also where there is none.
    /// What the texts view must outlive the co_await, here and below.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
    log_in(std::string_view account, std::string_view network);
    boost::asio::awaitable<void> logged_in(std::string_view account, std::string_view network);

    [[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
    make_account(std::string_view network);

    /// At the password of who is logged in already.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
    prove_password(std::string_view bearer);
    boost::asio::awaitable<void> password_proved(std::string_view bearer);

  private:
    struct Keys {
        std::string network;
        std::string pair;
        std::string account;
    };
    [[nodiscard]] std::string key_of(std::string_view text) const;
    [[nodiscard]] Keys keys_of(std::string_view account, std::string_view network) const;
    /// Nothing if the attempt may go on. A refusal is kept for a moment under `keys`.
    [[nodiscard]] std::optional<http::Problem> answer_of(const store::Outcome<store::Rows>& rows,
                                                         const Keys& keys);
    /// A network that was refused a moment ago is refused again without asking: a flood from one
    /// costs nothing.
    [[nodiscard]] std::optional<http::Problem> refused_just_now(const std::string& key);

    store::Database& database_;
    const seal::Seal& seal_;
    Rules rules_;
    struct Refusal {
        Clock::time_point until;
        http::Problem problem;
    };
    std::unordered_map<std::string, Refusal> refusals_; ///< for a second each
};

} // namespace haven::accounts
