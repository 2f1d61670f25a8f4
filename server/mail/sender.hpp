#pragma once

#include "bilateral/stroke.hpp"
#include "server/http/worker_pool.hpp"
#include "server/mail/delivery.hpp"
#include "server/mail/message.hpp"
#include "server/seal/seal.hpp"
#include "server/store/database.hpp"
#include "server/store/rows.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace haven::mail {

/// Where what stands in letters leads.
struct Places {
    std::string site_url;   ///< the web site, for links; or empty
    std::string public_url; ///< this server, where its address is known; or empty
};

/// Sends the letters that wait in the database (routines/letters.sql), one at a time. Several
/// servers may do so at once: each letter is taken by one. What could not be sent is tried again,
/// by whichever server; a letter that was being sent when its server died is sent once more, alike
/// to the byte but for its Date. On the I/O thread; what blocks is done on a thread of its own.
class Sender {
  public:
    Sender(const boost::asio::any_io_executor& executor, store::Database& database,
           const seal::Seal& seal, From from, Places places, std::unique_ptr<Delivery> delivery);

    /// Sends what is due, again and again, until it is stopped.
    [[nodiscard]] boost::asio::awaitable<void> run();
    void stop();
    /// After stop(), when nothing runs on the I/O thread any more but this.
    void end() { worker_.end(); }

    /// As last counted, of all servers.
    [[nodiscard]] std::int64_t waiting() const { return waiting_; }
    [[nodiscard]] std::int64_t given_up() const { return given_up_; }
    /// By this one.
    [[nodiscard]] std::int64_t sent() const { return sent_; }

  private:
    /// Whether there was one.
    [[nodiscard]] boost::asio::awaitable<bool> send_next();
    [[nodiscard]] boost::asio::awaitable<void> send(Uuid letter);
    [[nodiscard]] std::optional<Message> message_of(const std::string& id, const std::string& code,
                                                    const store::Row& row) const;
    [[nodiscard]] boost::asio::awaitable<void> failed(Uuid letter, std::string kind,
                                                      Delivered delivered);
    [[nodiscard]] boost::asio::awaitable<void> count();

    store::Database& database_;
    const seal::Seal& seal_;
    From from_;
    Places places_;
    std::unique_ptr<Delivery> delivery_;
    http::WorkerPool worker_{1, 1};
    boost::asio::steady_timer timer_;
    std::chrono::steady_clock::time_point counted_at_;
    std::int64_t waiting_ = 0;
    std::int64_t given_up_ = 0;
    std::int64_t sent_ = 0;
    bool stopping_ = false;
};

} // namespace haven::mail
