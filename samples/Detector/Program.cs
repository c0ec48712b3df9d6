using Detector;

return DetectorCommand.Create().Parse(args).Invoke();
