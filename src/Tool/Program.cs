using Blockwright.Tool.Outside;

return CommandLine.Run(args);
