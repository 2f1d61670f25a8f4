#pragma once

#include "server/mail/message.hpp"

#include <cstdint>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

/// The two ways out of the server: a mail server, or a directory where there is none.
namespace haven::mail {

struct Delivered {
    enum class Outcome : std::uint8_t {
        sent,
        later, ///< it may be taken another time
        never, ///< this message will not
    };
    Outcome outcome = Outcome::sent;
    std::string why; ///< where it was not sent; for the log: no address, no word of the message
};

/// Blocks; one message at a time, all on one thread.
class Delivery {
  public:
    Delivery() = default;
    Delivery(const Delivery&) = delete;
    Delivery& operator=(const Delivery&) = delete;
    virtual ~Delivery() = default;
    [[nodiscard]] virtual Delivered deliver(const Message& message) = 0;
    /// Any thread: what is being delivered ends within seconds, not sent.
    virtual void stop() {}
};

/// Each message is a file of its own, ID.eml, that only the server's user may read; it is there
/// whole or not at all. Made where it is not there. The error says what cannot be had.
[[nodiscard]] std::expected<std::unique_ptr<Delivery>, std::string>
spool(const std::filesystem::path& directory);

struct SmtpSettings {
    std::string url; ///< smtp://host[:port], smtps://host[:port]
    std::string user;
    std::filesystem::path password_file; ///< its first line
    std::filesystem::path ca_file;       ///< PEM, in place of the system's authorities; or empty
    std::string name;                    ///< that this server says HELO with
};

/// Nothing leaves this machine but under TLS: what begins without it (smtp://) asks for STARTTLS
/// unless the mail server is this machine, and sends nothing where it does not get it.
[[nodiscard]] std::expected<std::unique_ptr<Delivery>, std::string>
smtp(const SmtpSettings& settings);

/// Whether the host of such a URL is this machine, by its name alone.
[[nodiscard]] bool is_loopback(std::string_view url);

} // namespace haven::mail
