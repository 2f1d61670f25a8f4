#pragma once

#include "server/http/problem.hpp"
#include "server/seldom.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace haven::http {

/// What the server refuses as somebody would be refused who tries its doors.
enum class SecurityEvent : std::uint8_t {
    malformed_request,
    token_refused,     ///< nobody's, or not good any more
    forbidden,         ///< by role or scope
    too_many_requests, ///< more than may be asked
    forgery_refused,   ///< a page that is none of ours asks with a log-in's cookie
    cursor_refused,    ///< a page's cursor that does not open
    malware_refused,   ///< a scanner found something in a file
};

/// What a refusal is, if it is one of these.
[[nodiscard]] std::optional<SecurityEvent> event_of(const Problem& problem);

/// A line of the log for each kind and network, once a minute, with the number of those that were
/// left out; it names a kind, a route and a network, and nothing that anybody sent. Bounded: what
/// finds no place among so many networks has one line a minute together. One thread.
class SecurityLog {
  public:
    using Clock = std::chrono::steady_clock;

    /// `network`: as limits count it (server/http/address.hpp). `route`: a template.
    void happened(SecurityEvent event, std::string_view route, std::string_view network,
                  std::string_view request_id);

    struct Line {
        std::string network; ///< empty: of many
        std::uint64_t left_out = 0;
    };
    /// It happened; the line that is due now.
    [[nodiscard]] std::optional<Line> count(SecurityEvent event, std::string_view network,
                                            Clock::time_point now);

    static constexpr std::size_t networks_max = 1024;

  private:
    struct Entry {
        Seldom seldom;
        Clock::time_point last;
    };
    std::map<std::pair<SecurityEvent, std::string>, Entry> entries_;
    Seldom others_;
};

/// The network of an address, of which no single one can be told: the first three numbers of IPv4,
/// the first half of IPv6.
[[nodiscard]] std::string coarse_network(std::string_view network);

} // namespace haven::http
