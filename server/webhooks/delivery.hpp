#pragma once

#include "server/seal/secret.hpp"

#include <boost/asio/ip/address.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Messages to whoever asked for them: signed (https://www.standardwebhooks.com), and sent to no
/// address that is not meant to be reached from outside.
namespace haven::webhooks {

/// What is wrong with a URL that is to be registered; nothing where it is one: https, or http to
/// this machine by its address or as localhost. As libcurl reads it, which goes there later.
[[nodiscard]] std::optional<std::string> url_fault(const std::string& url);

/// Whether it is one of the internet's, that anybody may reach: no private, link-local, loopback,
/// shared, documentation or multicast address, however it is written.
[[nodiscard]] bool is_public(const boost::asio::ip::address& address);

/// "v1,BASE64" of a message (Standard Webhooks), with a space between those of several secrets.
[[nodiscard]] std::string signature_of(std::string_view id, std::int64_t seconds,
                                       std::string_view body,
                                       std::span<const seal::Secret* const> secrets);

/// "whsec_BASE64": as the receiver is told it.
[[nodiscard]] std::string secret_text(const seal::Secret& secret);

struct Message {
    std::string id;
    std::string url;
    std::int64_t seconds = 0; ///< since 1970, of this attempt
    std::string signature;
    std::string body;
};

struct Attempt {
    std::int32_t status = 0; ///< 0: there was no answer
    std::string failure;     ///< why not; no word of anybody's
    std::chrono::milliseconds duration{};

    [[nodiscard]] bool is_delivered() const { return status >= 200 && status < 300; }
};

/// Whether a connection to this address may be made.
using MayReach = std::function<bool(const boost::asio::ip::address&)>;

/// Blocks, for half a minute at most. No redirect is followed, no proxy asked, of the answer 64 KiB
/// are read and thrown away. The address is asked about as it is connected to: whatever a name
/// meant before. Ends within a second once `stopping`.
[[nodiscard]] Attempt deliver(const Message& message, const MayReach& may_reach,
                              const std::atomic<bool>& stopping);

} // namespace haven::webhooks
