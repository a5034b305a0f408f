from screens.cabinet.app import main

main()
