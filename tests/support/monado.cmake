# The scripted headset: haven::test_process (programs a test starts), haven::test_monado (Monado's remote driver, motion
# scripts, a runtime of its own) and haven-drive.
haven_library(test_process SOURCES await.cpp complaints.cpp process.cpp xvfb.cpp)

find_package(CLI11 REQUIRED)
haven_library(test_monado
    SOURCES headset_priority.cpp monado_remote.cpp monado_service.cpp motion_script.cpp motion_script_json.cpp motion_script_player.cpp
    PUBLIC haven::test_process glm::glm
    PRIVATE PkgConfig::yyjson Threads::Threads)
haven_executable(haven-drive SOURCES monado_drive.cpp PRIVATE haven::test_monado CLI11::CLI11 Threads::Threads)

haven_test(unit_monado LABEL unit
    SOURCES monado_remote_test.cpp motion_script_player_test.cpp motion_script_test.cpp process_test.cpp
    PRIVATE haven::test_monado)

# Between an application and the runtime: what Monado cannot be made to do (openxr_layer/FORMAT-openxr-script.md).
find_package(OpenXR QUIET)
if(TARGET OpenXR::headers)
    haven_library(openxr_script SOURCES openxr_layer/script.cpp PUBLIC OpenXR::headers glm::glm)
    set_target_properties(haven_openxr_script PROPERTIES POSITION_INDEPENDENT_CODE ON)
    add_library(haven_openxr_layer MODULE
        openxr_layer/input.cpp openxr_layer/layer.cpp openxr_layer/session.cpp openxr_layer/spaces.cpp
        openxr_layer/state.cpp)
    target_link_libraries(haven_openxr_layer PRIVATE haven_options haven::openxr_script)
    # nodelete: the loader closes it with each instance, and the script goes on with the next.
    set_target_properties(haven_openxr_layer PROPERTIES CXX_VISIBILITY_PRESET hidden LINK_OPTIONS "-Wl,-z,nodelete")
    file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/openxr_layers/scripted_runtime.json
        INPUT ${CMAKE_CURRENT_LIST_DIR}/openxr_layer/manifest.json.in)
    haven_library(test_scripted_runtime SOURCES scripted_runtime.cpp PUBLIC haven::test_process)
    target_compile_definitions(haven_test_scripted_runtime PRIVATE
        HAVEN_OPENXR_LAYER_DIR="${CMAKE_BINARY_DIR}/openxr_layers")
    add_dependencies(haven_test_scripted_runtime haven_openxr_layer)
    haven_test(unit_openxr_script LABEL unit SOURCES openxr_script_test.cpp PRIVATE haven::openxr_script)
endif()
