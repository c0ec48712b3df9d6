using ShuffleNet;

return Commands.Run(args);
