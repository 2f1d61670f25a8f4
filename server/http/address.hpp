#pragma once

#include <boost/asio/ip/address.hpp>

#include <string>

namespace haven::http {

/// Where a request comes from, as it is stored and counted.
struct ClientAddress {
    std::string ip;      ///< without a zone; IPv4 written as IPv4, also where it came through IPv6
    std::string network; ///< whose share it counts to: an IPv4 address, the /64 of an IPv6 one
};

/// "fe80::1%eth0" is "fe80::1", "::ffff:192.0.2.1" is "192.0.2.1": an inet column takes no zone,
/// and one client is one address.
[[nodiscard]] ClientAddress client_address(const boost::asio::ip::address& address);

} // namespace haven::http
