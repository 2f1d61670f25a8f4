#include "xr_app/link_command.hpp"

#include "net/api/oauth.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/http_client.hpp"
#include "net/uploader/link_file.hpp"
#include "net/uploader/linking.hpp"
#include "net/uploader/private_file.hpp"
#include "net/uploader/server_url.hpp"
#include "xr_app/options.hpp"
#include "xr_app/stop_signal.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <format>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace haven {

namespace {

using std::chrono::milliseconds;

struct Arguments {
    std::string server_url;
    std::filesystem::path ca_file;
    std::filesystem::path data = default_data();
    std::string name = uploader::machine_name();
};

void add_common(CLI::App& app, Arguments& arguments) {
    app.add_option("--data", arguments.data, "folder for what is not yet sent, and for the link")
        ->capture_default_str();
    app.add_option("--ca-file", arguments.ca_file,
                   "certificate authorities (PEM) to trust in place of the system's");
}

/// The exit status where there is nothing more to do.
std::optional<int> parse(CLI::App& app, int argc, const char* const* argv,
                         const LinkCommandHost& host) {
    try {
        app.parse(argc, argv);
        return std::nullopt;
    } catch (const CLI::ParseError& error) {
        return app.exit(error, host.out, host.errors) == 0 ? 0 : 2;
    }
}

int refuse(const LinkCommandHost& host, std::string_view command, int exit_status,
           std::string_view why) {
    host.errors << "haven-xr " << command << ": " << why << '\n';
    return exit_status;
}

std::expected<uploader::HttpClient, std::string> client_of(const std::string& server_url,
                                                           const Arguments& arguments) {
    uploader::HttpConfig config{.server_url = server_url};
    if (!arguments.ca_file.empty()) {
        config.ca_file = arguments.ca_file;
    }
    auto client = uploader::HttpClient::create(config);
    if (!client) {
        return std::unexpected(client.error().message);
    }
    return *std::move(client);
}

std::string minutes(std::int64_t seconds) {
    const std::int64_t whole = std::max<std::int64_t>(seconds / 60, 1);
    return std::format("{} {}", whole, whole == 1 ? "minute" : "minutes");
}

void show(std::ostream& out, const api::DeviceAuthorization& asked) {
    out << std::format("On any telephone or computer where you are logged in, open\n\n"
                       "    {}\n\nand enter the code\n\n    {}\n\n",
                       asked.verification_uri, asked.user_code);
    if (asked.verification_uri_complete) {
        out << std::format("or open {} and look whether the code is the same.\n",
                           *asked.verification_uri_complete);
    }
    out << std::format("There is time for it: {}. Ctrl-C ends this, and changes nothing.\n",
                       minutes(asked.expires_in))
        << std::flush;
}

uploader::LinkingHost linking_host(const LinkCommandHost& host) {
    return {.show = [&host](const api::DeviceAuthorization& asked) { show(host.out, asked); },
            .tell =
                [&host](const std::string& trouble) {
                    host.out << "Still trying: " << trouble << '\n' << std::flush;
                },
            .wait = host.wait,
            .now = host.now};
}

/// What the one that a new link takes the place of is good for ends too, where its server hears it.
void end_old(const Arguments& arguments, const std::optional<api::DeviceLink>& old) {
    if (old) {
        if (auto client = client_of(old->server_url, arguments)) {
            (void)uploader::revoke(*client, *old);
        }
    }
}

} // namespace

int run_link_command(int argc, const char* const* argv, const LinkCommandHost& host) {
    Arguments arguments;
    CLI::App app{"Links this headset to your account. You get a code, and enter it where you are "
                 "logged in; no token is copied.\n"
                 "Then --server and --token-file can be left out when Haven starts. What was drawn "
                 "before stays whose it is.",
                 "haven-xr link"};
    app.add_option("--server", arguments.server_url, "where drawings are to go")->required();
    app.add_option("--name", arguments.name, "what this headset is called in the list of devices")
        ->capture_default_str();
    add_common(app, arguments);
    if (const auto status = parse(app, argc, argv, host)) {
        return *status;
    }
    const auto url = uploader::checked_server_url(arguments.server_url);
    if (!url) {
        return refuse(host, "link", 2, "--server: " + url.error());
    }
    auto client = client_of(url->address, arguments);
    if (!client) {
        return refuse(host, "link", 2, client.error());
    }
    const uploader::LinkFile file(arguments.data);
    const auto old = file.read(); // what cannot be read is replaced, too
    const auto linked =
        uploader::link_headset(*client, url->address, arguments.name, file, linking_host(host));
    if (!linked) {
        return refuse(host, "link", 1, linked.error().why);
    }
    client = std::unexpected(std::string()); // one connection at a time, whoever serves
    end_old(arguments, old.value_or(std::nullopt));
    host.out << std::format("Linked. What is drawn here from now on goes to the account that "
                            "allowed it, {}.\n`haven-xr unlink` ends that.\n",
                            describe(outbox::Owner{.kind = outbox::OwnerKind::account,
                                                   .account = uploader::account_of(*linked)}));
    return 0;
}

int run_unlink_command(int argc, const char* const* argv, const LinkCommandHost& host) {
    Arguments arguments;
    CLI::App app{"Ends the link of this headset to an account: the server forgets it, and so does "
                 "this computer. What was drawn and not sent waits here for the account.",
                 "haven-xr unlink"};
    add_common(app, arguments);
    if (const auto status = parse(app, argc, argv, host)) {
        return *status;
    }
    const uploader::LinkFile file(arguments.data);
    const auto link = file.read();
    if (!link) {
        return refuse(host, "unlink", 1, link.error());
    }
    if (!*link) {
        host.out << "This headset is not linked.\n";
        return 0;
    }
    auto client = client_of((*link)->server_url, arguments);
    const auto told = client ? uploader::revoke(*client, **link)
                             : std::expected<void, std::string>(std::unexpected(client.error()));
    if (const auto forgotten = file.forget(); !forgotten) {
        return refuse(host, "unlink", 1, forgotten.error());
    }
    if (!told) {
        host.out << std::format("Forgotten here. The server could not be told ({}): end this "
                                "device in your list of devices there.\n",
                                told.error());
        return 0;
    }
    host.out << "Unlinked. What was drawn and not sent waits here, safe, until this headset is "
                "linked to the same account again.\n";
    return 0;
}

int run_link_commands(int argc, const char* const* argv) {
    count_stop_signals();
    const LinkCommandHost host{
        .out = std::cout, .errors = std::cerr, .wait = [](milliseconds pause) {
            constexpr milliseconds step(50);
            const auto until = std::chrono::steady_clock::now() + pause;
            while (stop_signals() == 0 && std::chrono::steady_clock::now() < until) {
                std::this_thread::sleep_for(step);
            }
            return stop_signals() == 0;
        }};
    return std::string_view(argv[0]) == "link" ? run_link_command(argc, argv, host)
                                               : run_unlink_command(argc, argv, host);
}

} // namespace haven
