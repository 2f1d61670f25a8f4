#include "server/http/proxies.hpp"

#include "server/http/address.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <expected>
#include <format>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace haven::http {

namespace ip = boost::asio::ip;

namespace {

constexpr std::size_t hops_max = 16;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

/// IPv4 that came through IPv6 as IPv4; without a zone.
std::optional<ip::address> address_of(std::string_view text) {
    boost::system::error_code error;
    ip::address address = ip::make_address(std::string(text), error);
    if (error || text.contains('%')) {
        return std::nullopt;
    }
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    }
    return address;
}

/// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", "2001:db8::1".
std::optional<ip::address> node_address(std::string_view node) {
    if (node.starts_with('[')) {
        const std::size_t end = node.find(']');
        const std::string_view rest = end == std::string_view::npos ? "x" : node.substr(end + 1);
        return rest.empty() || rest.starts_with(':') ? address_of(node.substr(1, end - 1))
                                                     : std::nullopt;
    }
    if (std::ranges::count(node, ':') == 1) {
        node = node.substr(0, node.find(':'));
    }
    return address_of(node);
}

/// The value of "for" in one element of Forwarded (RFC 7239).
std::string_view forwarded_for(std::string_view element) {
    while (!element.empty()) {
        const std::string_view pair = trimmed(element.substr(0, element.find(';')));
        element.remove_prefix(std::min(element.size(), element.find(';') == std::string_view::npos
                                                           ? element.size()
                                                           : element.find(';') + 1));
        constexpr std::string_view name = "for=";
        const auto alike = [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); };
        if (pair.size() > name.size() &&
            std::ranges::equal(name, pair.substr(0, name.size()), alike)) {
            std::string_view value = trimmed(pair.substr(name.size()));
            if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
                value = value.substr(1, value.size() - 2);
            }
            return value;
        }
    }
    return {};
}

std::vector<unsigned char> bytes_of(const ip::address& address) {
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return {bytes.begin(), bytes.end()};
    }
    const auto bytes = address.to_v6().to_bytes();
    return {bytes.begin(), bytes.end()};
}

} // namespace

std::expected<TrustedProxies, std::string> TrustedProxies::parse(std::string_view list) {
    TrustedProxies proxies;
    for (const auto part : std::views::split(list, ',')) {
        const std::string_view text = trimmed(std::string_view(part));
        if (text.empty()) {
            continue;
        }
        const std::size_t slash = text.find('/');
        const auto base = address_of(text.substr(0, slash));
        unsigned bits = base && base->is_v4() ? 32 : 128;
        const unsigned bits_max = bits;
        bool good = base.has_value();
        if (good && slash != std::string_view::npos) {
            const char* const end = text.data() + text.size();
            const auto read = std::from_chars(text.data() + slash + 1, end, bits);
            good = read.ec == std::errc{} && read.ptr == end && bits <= bits_max;
        }
        if (!good) {
            return std::unexpected(
                std::format("--trusted-proxies: '{}' is neither an address nor a "
                            "network, such as 10.0.0.0/8 or 2001:db8::1",
                            text));
        }
        proxies.networks_.push_back({.base = *base, .prefix_bits = bits});
    }
    return proxies;
}

bool TrustedProxies::trusts(const ip::address& peer) const {
    const auto address = address_of(client_address(peer).ip);
    if (!address) {
        return false;
    }
    return std::ranges::any_of(networks_, [&](const Network& network) {
        const auto base = bytes_of(network.base);
        const auto bytes = bytes_of(*address);
        if (base.size() != bytes.size()) {
            return false;
        }
        for (unsigned bit = 0; bit < network.prefix_bits; ++bit) {
            const unsigned mask = 0x80U >> (bit % 8);
            if (((base[bit / 8] ^ bytes[bit / 8]) & mask) != 0) {
                return false;
            }
        }
        return true;
    });
}

ip::address TrustedProxies::before(ip::address client, std::string_view list,
                                   bool is_forwarded) const {
    for (std::size_t hop = 0; hop < hops_max && !list.empty() && trusts(client); ++hop) {
        const std::size_t comma = list.rfind(',');
        const bool last = comma == std::string_view::npos;
        const std::string_view element = trimmed(last ? list : list.substr(comma + 1));
        list = last ? std::string_view{} : list.substr(0, comma);
        const auto next = node_address(is_forwarded ? forwarded_for(element) : element);
        if (!next) {
            break;
        }
        client = *next;
    }
    return client;
}

ClientAddress TrustedProxies::client(const ip::address& peer, std::string_view forwarded,
                                     std::string_view x_forwarded_for) const {
    const ClientAddress by_forwarded = client_address(before(peer, forwarded, true));
    const ClientAddress by_list = client_address(before(peer, x_forwarded_for, false));
    if (forwarded.empty() || x_forwarded_for.empty()) {
        return forwarded.empty() ? by_list : by_forwarded;
    }
    return by_forwarded.ip == by_list.ip ? by_list : client_address(peer);
}

} // namespace haven::http
