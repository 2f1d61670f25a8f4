// A client without a headset: draws until it is killed, and writes one line for each stroke that
// its courier shows as saved. Usage: net_drawing_client OUTBOX_FILE

#include "drawing_fixture.hpp"
#include "net/uploader/courier.hpp"

#include <chrono>
#include <cstdint>
#include <print>
#include <thread>
#include <unistd.h>
#include <utility>

int main(int argc, char** argv) {
    using namespace haven;
    if (argc != 2) {
        std::println(stderr, "usage: net_drawing_client OUTBOX_FILE");
        return 2;
    }
    auto courier = uploader::Courier::start({.outbox_file = argv[1]});
    if (!courier) {
        std::println(stderr, "{}", courier.error());
        return 1;
    }
    const outbox::DrawingBegin begin = test::numbered_drawing(1);
    bool posted = (*courier)->post(uploader::DrawingBegun{begin});
    std::int64_t told = 0;
    for (std::uint32_t number = 0; posted; ++number) {
        posted = (*courier)->post(
            uploader::StrokeFinished{begin.drawing_id, test::numbered_stroke(number)});
        for (const std::int64_t saved = (*courier)->status().strokes_saved; told < saved; ++told) {
            if (write(STDOUT_FILENO, "\n", 1) != 1) {
                return 1;
            }
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1)); // a hand is slower still
    }
    return 1;
}
