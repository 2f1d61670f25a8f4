#include "server/http/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace haven::http {

namespace ip = boost::asio::ip;

ClientAddress client_address(const ip::address& address) {
    if (address.is_v4()) {
        const std::string text = address.to_string();
        return {.ip = text, .network = text};
    }
    const ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) {
        return client_address(ip::make_address_v4(ip::v4_mapped, v6));
    }
    ip::address_v6::bytes_type bytes = v6.to_bytes();
    std::string text = ip::address_v6(bytes).to_string(); // no zone
    constexpr std::size_t network_bytes = 8;
    std::fill(bytes.begin() + network_bytes, bytes.end(), static_cast<unsigned char>(0));
    return {.ip = std::move(text), .network = ip::address_v6(bytes).to_string() + "/64"};
}

} // namespace haven::http
