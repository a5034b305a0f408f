from screens.app import main

main()
