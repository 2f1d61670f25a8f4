#include "xr_app/outbox_command.hpp"

#include "bilateral/stroke.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/link_file.hpp"
#include "xr_app/options.hpp"
#include "xr_app/token_file.hpp"

#include <CLI/CLI.hpp>

#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace haven {

namespace {

struct Arguments {
    std::filesystem::path data = default_data();
    std::filesystem::path token_file;
    std::string drawing;
    bool all = false;
};

CommandResult refuse(int exit_code, const std::string& why) {
    return {.exit_code = exit_code, .text = "haven-xr outbox: " + why + "\n"};
}

std::expected<outbox::Outbox, CommandResult> open_outbox(const Arguments& arguments) {
    const std::filesystem::path file = arguments.data / "haven.sqlite";
    if (!std::filesystem::exists(file)) {
        return std::unexpected(
            CommandResult{.text = std::format("Nothing waits: there is no outbox in {}.\n",
                                              arguments.data.string())});
    }
    auto opened = outbox::Outbox::open(file);
    if (!opened) {
        return std::unexpected(refuse(1, opened.error().message));
    }
    return *std::move(opened);
}

std::string line_of(const outbox::KeptDrawing& kept) {
    std::string line = std::format("{}  {}", to_string(kept.drawing_id), describe(kept.owner));
    if (kept.open) {
        line += "; not ended yet";
    }
    if (kept.refused > 0) {
        line +=
            std::format("; refused by the server, asked again at the next start ({})", kept.reason);
    } else if (!kept.reason.empty()) {
        line += std::format("; last try: {}", kept.reason);
    }
    return line + "\n";
}

CommandResult list(const Arguments& arguments) {
    auto outbox = open_outbox(arguments);
    if (!outbox) {
        return outbox.error();
    }
    const auto kept = outbox->kept_drawings();
    if (!kept) {
        return refuse(1, kept.error().message);
    }
    const auto aside = outbox->things_set_aside();
    if (!aside) {
        return refuse(1, aside.error().message);
    }
    CommandResult result;
    for (const outbox::KeptDrawing& drawing : *kept) {
        result.text += line_of(drawing);
    }
    if (kept->empty()) {
        result.text = "Nothing waits: every drawing has been sent.\n";
    }
    for (const outbox::SetAside& thing : *aside) {
        result.text += std::format("{}  set aside whole, and not sent: {} ({})\n",
                                   to_string(thing.drawing_id), thing.what, thing.reason);
    }
    return result;
}

struct Claimant {
    std::string owner; ///< as the outbox knows them
    std::optional<outbox::Account> account;
};

/// Whoever's token it is, else whom this headset is linked to.
std::expected<Claimant, std::string> who_claims(const Arguments& arguments) {
    if (!arguments.token_file.empty()) {
        return read_token(arguments.token_file).transform([](std::string token) {
            return Claimant{.owner = std::move(token), .account = {}};
        });
    }
    const auto link = uploader::LinkFile(arguments.data).read();
    if (!link || !*link) {
        return std::unexpected(link ? "say who you are: --token-file, or link this headset with "
                                      "`haven-xr link`"
                                    : link.error());
    }
    return Claimant{.owner = uploader::owner_of(**link), .account = uploader::account_of(**link)};
}

CommandResult claim(const Arguments& arguments) {
    std::optional<Uuid> drawing;
    if (!arguments.drawing.empty()) {
        drawing = parse_uuid(arguments.drawing);
        if (!drawing) {
            return refuse(2, std::format("--drawing: '{}' is not the id of a drawing; `haven-xr "
                                         "outbox list` tells them",
                                         arguments.drawing));
        }
    }
    if (drawing.has_value() == arguments.all) {
        return refuse(2, "say which are yours: --drawing ID, or --all for every drawing that "
                         "nobody has said whose it is");
    }
    const auto claimant = who_claims(arguments);
    if (!claimant) {
        return refuse(2, claimant.error());
    }
    auto outbox = open_outbox(arguments);
    if (!outbox) {
        return outbox.error();
    }
    const auto claimed = outbox->use_token(claimant->owner)
                             .and_then([&]() -> outbox::Result<void> {
                                 return claimant->account ? outbox->identify(*claimant->account)
                                                          : outbox::Result<void>();
                             })
                             .and_then([&] { return outbox->claim(drawing); });
    if (!claimed) {
        return refuse(1, claimed.error().message);
    }
    if (*claimed == 0) {
        return drawing ? refuse(1, "there is no such drawing here, or it is an account's already")
                       : CommandResult{.text = "There was none that nobody has said whose it "
                                               "is. Nothing was changed.\n"};
    }
    return {.text = std::format(
                "{} {} {}.\n", *claimed, *claimed == 1 ? "drawing is" : "drawings are",
                claimant->account ? "for the account this headset is linked to; sent when Haven "
                                    "starts"
                                  : "for whoever bears this token; sent when Haven starts with "
                                    "it and --server")};
}

} // namespace

CommandResult run_outbox_command(int argc, const char* const* argv) {
    Arguments arguments;
    CLI::App app{"What was drawn and waits on this computer, and for whom.\n"
                 "A drawing belongs to an account from its first sample and goes to no other. One "
                 "that was drawn without a token, or kept by a Haven that did not ask yet, waits "
                 "until somebody claims it.",
                 "haven-xr outbox"};
    app.require_subcommand(1);
    CLI::App& list_command =
        *app.add_subcommand("list", "each drawing that waits: its id, for whom");
    CLI::App& claim_command = *app.add_subcommand("claim", "say that drawings are yours");
    for (CLI::App* const command : {&list_command, &claim_command}) {
        command->add_option("--data", arguments.data, "folder for what is not yet sent")
            ->capture_default_str();
    }
    claim_command.add_option("--token-file", arguments.token_file,
                             "file with your token for the server; without it, the account this "
                             "headset is linked to claims them");
    claim_command.add_option("--drawing", arguments.drawing, "the id of one drawing");
    claim_command.add_flag("--all", arguments.all,
                           "every drawing that nobody has said whose it is");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out;
        std::ostringstream complaint;
        const int code = app.exit(error, out, complaint);
        return {.exit_code = code == 0 ? 0 : 2, .text = out.str() + complaint.str()};
    }
    return list_command.parsed() ? list(arguments) : claim(arguments);
}

} // namespace haven
