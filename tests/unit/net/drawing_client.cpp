// A client without a headset: draws until it is killed, and writes one line for each stroke that
// its courier shows as saved. Usage: net_drawing_client OUTBOX_FILE

#include "drawing_fixture.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <unistd.h>

namespace {

namespace outbox = haven::outbox;
namespace test = haven::test;
namespace uploader = haven::uploader;

void draw_for_ever(const char* outbox_file) {
    constexpr std::int64_t strokes_unsaved_max = 10; // a hand is slower than the disk
    const auto courier = uploader::Courier::start({.outbox_file = outbox_file, .token = "token"});
    if (!courier) {
        throw std::runtime_error(courier.error());
    }
    const auto saved = [&courier] { return (*courier)->status().strokes_saved; };
    const outbox::DrawingBegin begin = test::numbered_drawing(1);
    bool posted = (*courier)->post(uploader::DrawingBegun{begin});
    std::int64_t told = 0;
    for (std::uint32_t number = 0; posted; ++number) {
        posted = (*courier)->post(
            uploader::StrokeFinished{begin.drawing_id, test::numbered_stroke(number)});
        for (const std::int64_t now = saved(); told < now; ++told) {
            posted = posted && write(STDOUT_FILENO, "\n", 1) == 1;
        }
        posted = posted && test::await(std::chrono::seconds(30),
                                       [&] { return saved() + strokes_unsaved_max > number; });
    }
}

} // namespace

int main(int argc, char** argv) {
    try {
        draw_for_ever(argc == 2 ? argv[1] : throw std::invalid_argument("give an outbox file"));
    } catch (const std::exception& error) {
        static_cast<void>(std::fprintf(stderr, "%s\n", error.what()));
    }
    return 1;
}
