#pragma once

#include "server/http/problem.hpp"
#include "server/http/rate_limit.hpp"
#include "server/http/turns.hpp"
#include "server/seal/seal.hpp"
#include "server/store/database.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace haven::accounts {

/// Who may try a password, choose one, make an account or have a letter sent now, counted by all
/// servers of the database together (routines/attempts.sql), and whose turn it is at the threads
/// that hash. What may go on gets its turn here, and there is no hashing without one. A right
/// password does not count as a guess; it counts as work. An account is also limited wherever the
/// attempts come from, but not for a network from which its owner has logged in: whoever guesses
/// from elsewhere locks nobody out. What cannot be counted is not tried: 503. One thread.
class Attempts {
  public:
    using Clock = http::RateLimit::Clock;

    struct Rules {
        // Guesses.
        std::size_t of_account_from_network =
            10;                      ///< a minute, then two, up to a quarter of an hour
        std::size_t of_network = 50; ///< a minute
        std::size_t of_account = 30; ///< a minute, then two, up to a quarter of an hour
        std::size_t in_all = 3000;   ///< a minute
        // Right or wrong.
        std::size_t of_bearer = 10;             ///< a minute, of who is logged in already
        std::size_t work_of_identity = 60;      ///< a minute; of an account from a network
        std::size_t work_of_network = 600;      ///< a minute
        std::size_t accounts_of_network = 1000; ///< made in an hour
        std::size_t accounts_in_all = 3000;     ///< made in a minute
        // Letters and their codes.
        std::size_t letters_of_address = 10; ///< that anybody asks for to be sent there, in an hour
        std::size_t letters_of_network = 200; ///< that it asks for, in an hour
        std::size_t letters_in_all = 1000;    ///< a minute
        std::size_t codes_of_network = 60;    ///< tried in a minute
    };

    /// A connection of its own, so that those who knock stand in a line of their own.
    Attempts(store::Database& database, const seal::Seal& seal, http::Turns& turns)
        : Attempts(database, seal, turns, Rules{}) {}
    Attempts(store::Database& database, const seal::Seal& seal, http::Turns& turns,
             const Rules& rules)
        : database_(database), seal_(seal), turns_(turns), rules_(rules) {}

    using Admitted = std::expected<http::Turns::Turn, http::Problem>;

    struct LogIn {
        http::Turns::Turn turn;
        /// What a wrong password hears where the account, or all together, have tried enough.
        std::optional<http::Problem> refusal;
        bool known = false; ///< a right one is let in all the same

        /// The hash that the password is held against: nobody's, where none is let in.
        [[nodiscard]] std::string_view held_against(std::string_view hash) const {
            return refusal && !known ? std::string_view() : hash;
        }
    };

    /// Counts one attempt. `account` names one, also where there is none: who is refused for its
    /// sake is so in the same time and words, whether there is one or not and whoever has come in.
    /// What the texts view must outlive the co_await, here and below.
    [[nodiscard]] boost::asio::awaitable<std::expected<LogIn, http::Problem>>
    log_in(std::string_view account, std::string_view network);
    /// It was the right one; and all that was asked for, if `whole`: the network is the account's
    /// own from now on.
    boost::asio::awaitable<void> logged_in(std::string_view account, std::string_view network,
                                           const LogIn& admitted, bool whole);

    /// For an address as it was asked for, whether it has an account or not.
    [[nodiscard]] boost::asio::awaitable<Admitted> make_account(std::string_view address,
                                                                std::string_view network);
    /// A letter to an address as it was asked for, whoever has it: why not, or nothing.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
    ask_for_letter(std::string_view address, std::string_view network);
    /// A code from a letter is tried, and a password is hashed with it.
    [[nodiscard]] boost::asio::awaitable<Admitted> use_code(std::string_view network);

    /// The password of who is logged in already.
    [[nodiscard]] boost::asio::awaitable<Admitted> prove_password(std::string_view bearer,
                                                                  std::string_view network);

  private:
    struct Limit {
        std::string_view scope;
        std::string key;
        std::size_t most = 0;
        std::chrono::seconds window{60};
    };

    [[nodiscard]] std::string key_of(std::string_view kind, std::string_view text) const;
    /// Counts one attempt against the limits: why not, or nothing.
    [[nodiscard]] boost::asio::awaitable<std::optional<http::Problem>>
    count(std::vector<Limit> limits);
    [[nodiscard]] boost::asio::awaitable<Admitted> admit(std::string_view network,
                                                         std::vector<Limit> limits);
    [[nodiscard]] boost::asio::awaitable<Admitted> turn_of(std::string_view network);
    /// A network that was refused a moment ago is refused again without asking: a flood from one
    /// costs nothing.
    [[nodiscard]] std::optional<http::Problem> refused_just_now(std::span<const Limit> limits);
    void keep(std::span<const Limit> limits, std::string_view scope, const http::Problem& refusal);

    store::Database& database_;
    const seal::Seal& seal_;
    http::Turns& turns_;
    Rules rules_;
    struct Refusal {
        Clock::time_point until;
        http::Problem problem;
    };
    std::unordered_map<std::string, Refusal> refusals_; ///< for a second each
};

} // namespace haven::accounts
