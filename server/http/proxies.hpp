#pragma once

#include "server/http/address.hpp"

#include <boost/asio/ip/address.hpp>

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace haven::http {

/// The reverse proxies that are believed when they say whom they speak for. What others say of that
/// is ignored. Pure.
class TrustedProxies {
  public:
    /// "10.0.0.0/8, 2001:db8::1": addresses and networks. The error says which is none.
    [[nodiscard]] static std::expected<TrustedProxies, std::string> parse(std::string_view list);

    [[nodiscard]] bool trusts(const boost::asio::ip::address& address) const;

    /// Whom a connection from `peer` speaks for: from the right, the first address of Forwarded or
    /// of X-Forwarded-For that is no trusted proxy. What cannot be read ends the search. Where both
    /// fields are there and disagree, a proxy wrote one and passed the other on as the client sent
    /// it: neither is believed.
    [[nodiscard]] ClientAddress client(const boost::asio::ip::address& peer,
                                       std::string_view forwarded,
                                       std::string_view x_forwarded_for) const;

  private:
    [[nodiscard]] boost::asio::ip::address before(boost::asio::ip::address client,
                                                  std::string_view list, bool is_forwarded) const;

    struct Network {
        boost::asio::ip::address base;
        unsigned prefix_bits = 0;
    };
    std::vector<Network> networks_;
};

} // namespace haven::http
