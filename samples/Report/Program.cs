using Report;

return ReportCommand.Run(args);
