using Zoo;

return Commands.Run(args);
