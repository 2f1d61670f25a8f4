#include "server/store/transport.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cstddef>
#include <expected>
#include <format>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace haven::store {

namespace {

struct FreeOptions {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
struct CloseConnection {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};

/// Each host has its place between the commas.
std::vector<std::string> places_of(std::string_view list) {
    std::vector<std::string> places;
    for (std::size_t comma = list.find(','); comma != list.npos; comma = list.find(',')) {
        places.emplace_back(list.substr(0, comma));
        list.remove_prefix(comma + 1);
    }
    places.emplace_back(list);
    return places;
}

/// A socket's directory, an abstract socket, or an address of this machine.
bool is_of_this_machine(std::string_view host) {
    return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
           host == "::1" ||
           (host.starts_with("127.") && host.find_first_not_of("0123456789.") == host.npos);
}

} // namespace

std::expected<void, std::string> check_transport(const std::string& url) {
    // Options as they are in effect, which are known once it has begun.
    const std::unique_ptr<PGconn, CloseConnection> connection(PQconnectStart(url.c_str()));
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        connection ? PQconninfo(connection.get()) : nullptr);
    std::map<std::string, std::string> told;
    for (const PQconninfoOption* option = options.get();
         option != nullptr && option->keyword != nullptr; ++option) {
        told[option->keyword] = option->val == nullptr ? "" : option->val;
    }
    if (told["sslmode"] == "verify-full") {
        return {};
    }
    const std::vector<std::string> hosts = places_of(told["host"]);
    const std::vector<std::string> addresses = places_of(told["hostaddr"]);
    for (std::size_t i = 0; i < std::max(hosts.size(), addresses.size()); ++i) {
        const std::string host = i < hosts.size() ? hosts[i] : "";
        const std::string address = i < addresses.size() ? addresses[i] : "";
        const std::string& reached = address.empty() ? host : address;
        if (!is_of_this_machine(reached)) {
            return std::unexpected(std::format(
                "the database at {} is on another machine, and nothing says that the way there is "
                "encrypted and that it is this one: add sslmode=verify-full to --database-url, and "
                "sslrootcert=FILE (or sslrootcert=system), whose authority its certificate is of",
                reached));
        }
    }
    return {};
}

bool has_password(const std::string& url) {
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(
        PQconninfoParse(url.c_str(), nullptr));
    for (const PQconninfoOption* option = options.get();
         option != nullptr && option->keyword != nullptr; ++option) {
        if (option->keyword == std::string_view("password") && option->val != nullptr) {
            return true;
        }
    }
    return false;
}

} // namespace haven::store
