using Digits;

return DigitsCommand.Create().Parse(args).Invoke();
