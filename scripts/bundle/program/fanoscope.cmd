@echo off
rem Starts Fanoscope: without a command the window, else that command ("fanoscope --help" lists them).
setlocal
set "command="
if "%~1"=="" set "command=serve --open"
if "%~1"=="--workspace" set "command=serve --open"
if "%~1"=="--read-only" set "command=serve --open"
"%~dp0program\node.exe" "%~dp0program\out\main\cli.js" %command% %*
exit /b %errorlevel%
